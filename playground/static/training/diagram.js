// The network: a map in every neuron, connections by weight or gradient, layers to change by clicking.

import { paintMap, short } from "./colours.js";
import { button, make, select, svg } from "./dom.js";
import { lossName } from "./panels.js";
import { renew } from "../renew.js";

const NODE = 40;
const GAP = 12;
const TOP = 92;
const [NARROWEST, WIDEST] = [72, 96]; // of a column

const STATES = {
  dead: ["dead", "Dead: its local gradient is 0 at every sample"],
  saturated: ["flat", "Saturated: at nine of ten samples its local gradient is below 5 % of the steepest"],
  vanishing: ["weak", "Vanishing: its gradient is below a thousandth of the largest"],
  off: ["off", "Switched off: its output is 0"],
};

export class Diagram {
  /** actions: {hover(place|null), pick(place), pickEdge(edge), hoverEdge(edge|null), structure(layer, change), a function of the layer} */
  constructor(actions) {
    this.actions = actions;
    this.lines = svg("svg", { class: "edges", "aria-hidden": "true" });
    this.inside = make("div", { class: "inside" });
    this.element = make("div", { class: "diagram", role: "group", "aria-label": "The network" }, this.inside);
    this.key = "";
    this.canvases = [];
  }

  /** Draw a picture. options: {choices, config, gradients: whether edges show gradients, discrete, brief: only what moves} */
  draw(picture, colours, options) {
    const { config } = options;
    if (options.brief && this.key) return this.#maps(picture, colours, options);
    const key = JSON.stringify([picture.layers, picture.features, picture.kind, config.hidden]);
    if (key !== this.key) {
      this.key = key;
      this.#build(picture, options);
    }
    this.#maps(picture, colours, options);
    this.#states(picture, options);
    this.#edges(picture, colours, options);
  }

  #build(picture, { choices, config }) {
    const columns = [picture.features.length, ...picture.layers];
    const tallest = Math.max(...columns);
    this.height = TOP + tallest * (NODE + GAP) + 8;
    const last = columns.length - 1;
    const room = this.element.clientWidth - 4;
    this.column = Math.max(NARROWEST, Math.min(WIDEST, Math.floor(room / columns.length)));
    this.width = Math.max(columns.length * this.column, room);
    const spacing = this.width / columns.length;
    this.x = (column) => spacing * (column + 0.5);
    this.y = (column, i) => TOP + NODE / 2 + i * (NODE + GAP) + ((tallest - columns[column]) * (NODE + GAP)) / 2;
    for (const side of ["width", "height"]) {
      this.lines.setAttribute(side, this[side]);
      this.inside.style[side] = `${this[side]}px`;
    }
    renew(this.inside, this.lines, columns.map((count, column) =>
      [this.#head(column, last, count, { choices, config, picture }), Array.from({ length: count }, (_, i) => this.#node(picture, column, i))]));
    this.nodes = Array.from(this.inside.querySelectorAll(".neuron"), (node) => {
      const [column, i] = node.dataset.key.slice(4).split(".").map(Number);
      const name = column === 0 ? `input ${picture.features[i]}` : `${column === last ? "output" : `hidden layer ${column}`}, neuron ${i + 1}`;
      return { node, badge: node.querySelector(".badge"), column, i, name };
    });
    this.canvases = this.nodes.map(({ node }) => node.querySelector("canvas"));
    this.lines.replaceChildren();
    this.paths = this.#paths(picture, columns);
  }

  #head(column, last, count, { choices, config, picture }) {
    const style = `left:${this.x(column) - this.column / 2}px;width:${this.column}px`;
    const head = (...parts) => make("div", { class: "head", style, "data-key": `head${column}` }, parts);
    if (column === 0) return head(make("strong", {}, "Inputs"));
    if (column === last)
      return head(make("strong", {}, "Output"), make("small", {}, lossName(picture.loss)));
    const layer = config.hidden[column - 1];
    const change = (how) => this.actions.structure(column - 1, how);
    const most = choices.limits.neurons;
    const where = `hidden layer ${column}`;
    return head(
      make("div", { class: "count" },
        button("−", () => change(({ neurons }) => ({ neurons: Math.max(1, neurons - 1) })), { "aria-label": `Remove a neuron of ${where}`, disabled: layer.neurons <= 1, "data-key": `minus${column}` }),
        make("strong", { title: `${layer.neurons} neurons` }, String(count)),
        button("+", () => change(({ neurons }) => ({ neurons: Math.min(most, neurons + 1) })), { "aria-label": `Add a neuron to ${where}`, disabled: layer.neurons >= most, "data-key": `plus${column}` })),
      select(choices.activations, layer.activation, (activation) => change(() => ({ activation })), { "aria-label": `Activation of ${where}`, "data-key": `act${column}` }),
      select([0, 0.1, 0.2, 0.3, 0.5].map((p) => [p, p ? `drop ${p}` : "no drop"]), layer.dropout, (p) => change(() => ({ dropout: Number(p) })), { "aria-label": `Dropout of ${where}`, title: "Dropout: the share of its neurons left out at each step", "data-key": `drop${column}` }));
  }

  #node(picture, column, i) {
    const place = { column, i };
    return make("button", {
      type: "button", class: "neuron", "data-key": `node${column}.${i}`,
      style: `left:${this.x(column) - NODE / 2}px;top:${this.y(column, i) - NODE / 2}px`,
      onpointerenter: () => this.actions.hover(place),
      onpointerleave: () => this.actions.hover(null),
      onfocus: () => this.actions.hover(place),
      onblur: () => this.actions.hover(null),
      onclick: () => this.actions.pick(place),
    }, make("canvas", { "aria-hidden": "true" }), make("span", { class: "badge" }), column === 0 ? make("span", { class: "name" }, picture.features[i]) : null);
  }

  #paths(picture, columns) {
    const paths = [];
    let offset = 0;
    for (let column = 1; column < columns.length; column++) {
      for (let to = 0; to < columns[column]; to++) {
        for (let from = 0; from < columns[column - 1]; from++) {
          const [x0, y0] = [this.x(column - 1) + NODE / 2, this.y(column - 1, from)];
          const [x1, y1] = [this.x(column) - NODE / 2, this.y(column, to)];
          const bend = (x1 - x0) / 2;
          const d = `M${x0} ${y0}C${x0 + bend} ${y0} ${x1 - bend} ${y1} ${x1} ${y1}`;
          const line = svg("path", { d, fill: "none", class: "edge" });
          const edge = { column, to, from, index: offset + from };
          const hit = svg("path", {
            d, fill: "none", class: "hit",
            onpointerenter: (event) => { line.classList.add("hover"); this.actions.hoverEdge(edge, event); },
            onpointerleave: () => { line.classList.remove("hover"); this.actions.hoverEdge(null); },
            onclick: (event) => this.actions.pickEdge(edge, event),
          });
          this.lines.append(line, hit);
          paths.push({ line, index: edge.index });
        }
        offset += columns[column - 1] + 1;
      }
    }
    return paths;
  }

  #maps(picture, colours, { discrete, brief }) {
    const { arrays } = picture;
    this.canvases.forEach((canvas, row) => {
      if (brief && row < picture.features.length) return; // the inputs' maps stay as they are
      if (picture.kind === "curve") drawLine(canvas, arrays.lines, row, colours);
      else {
        const [, rows, columns] = arrays.maps.shape;
        const size = rows * columns;
        paintMap(canvas, arrays.maps.subarray(row * size, (row + 1) * size), rows, columns, colours, discrete);
      }
    });
  }

  #states(picture, { picked }) {
    for (const { node, badge, column, i, name } of this.nodes) {
      const state = column === 0 ? "" : picture.states[column - 1][i];
      const [text, title] = STATES[state] ?? ["", ""];
      if (badge.textContent !== text) badge.textContent = text;
      node.title = title;
      const classes = `neuron ${state}${picked && picked.column === column && picked.i === i ? " picked" : ""}`;
      if (node.className !== classes) node.className = classes;
      const label = state ? `${name}, ${title}` : name;
      if (node.getAttribute("aria-label") !== label) node.setAttribute("aria-label", label);
    }
  }

  #edges(picture, colours, { gradients }) {
    const numbers = gradients ? picture.arrays.gradients : picture.arrays.weights;
    let most = 1;
    if (gradients) {
      most = 1e-300;
      for (const { index } of this.paths) most = Math.max(most, Math.abs(numbers[index]) || 0);
    }
    for (const { line, index } of this.paths) {
      const number = numbers[index];
      const size = Math.abs(number) || 0;
      // gradients span decades: their width is by order of size, four decades from full to none
      const part = gradients ? Math.max(0, 1 + Math.log10(size / most) / 4) : Math.min(1, size / 2.5);
      const looks = {
        "stroke-width": (0.4 + part * 6).toFixed(1),
        stroke: number < 0 ? colours.negative : colours.positive,
        "stroke-opacity": (0.25 + 0.7 * Math.sqrt(part)).toFixed(2),
        "stroke-dasharray": number < 0 ? "6 4" : "none",
      };
      for (const name in looks) if (line.getAttribute(name) !== looks[name]) line.setAttribute(name, looks[name]);
    }
  }
}

/** A curve in a neuron's box: its output over the line. */
function drawLine(canvas, lines, row, colours) {
  const [, columns] = lines.shape;
  const size = 80;
  if (canvas.width !== size) [canvas.width, canvas.height] = [size, size];
  const context = canvas.getContext("2d");
  context.fillStyle = colours.ground;
  context.fillRect(0, 0, size, size);
  let most = 1;
  for (let i = 0; i < columns; i++) most = Math.max(most, Math.abs(lines[row * columns + i]) || 0);
  context.strokeStyle = colours.line;
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(0, size / 2);
  context.lineTo(size, size / 2);
  context.stroke();
  context.strokeStyle = colours.positive;
  context.lineWidth = 4;
  context.beginPath();
  for (let i = 0; i < columns; i++)
    context.lineTo((i / (columns - 1)) * size, size / 2 - ((lines[row * columns + i] || 0) / most) * size * 0.44);
  context.stroke();
}

export { STATES, short };

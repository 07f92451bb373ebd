// Below the network: the warped space of a layer, and the race of optimisers.

import { button, field, make, select, svg } from "./dom.js";
import { drawCurves } from "./curves.js";
import { paintClasses, paintMap, short } from "./colours.js";
import { fitted, look, mark } from "./surface.js";
import { startOf } from "./panels.js";

/** The warped space: where a layer sends the plane. ask(op, args) answers with {…, arrays}. */
export function warpPanel(ask, current) {
  const canvas = make("canvas", { class: "warp", role: "img", "aria-label": "The plane as the chosen layer sees it" });
  const axes = make("p", { class: "hint" });
  const layer = make("select", { onchange: () => refresh(), "aria-label": "Layer" });
  const pair = make("select", { onchange: () => refresh(), "aria-label": "Coordinates" });
  const element = make("details", { class: "panel extra", ontoggle: () => refresh() },
    make("summary", {}, "Warped space"),
    make("p", {}, "What a layer makes of the plane: the last layer can only cut it by a straight line, so the layers before must bend it until one does."),
    make("div", { class: "row" }, field("layer", layer), field("seen along", pair)), canvas, axes);
  let shape = "";
  function options() {
    const { picture } = current();
    const key = picture.layers.join();
    if (key === shape) return;
    shape = key;
    const chosen = layer.value;
    layer.replaceChildren(...picture.layers.map((_, i) => make("option", { value: i }, i === picture.layers.length - 1 ? "output" : `hidden layer ${i + 1}`)));
    layer.value = [...layer.options].some((each) => each.value === chosen) ? chosen : String(Math.max(0, picture.layers.length - 2));
  }
  let width = 0;
  let busy = false;
  async function refresh() {
    if (!element.open || busy || !current().picture) return;
    options();
    busy = true;
    try {
      const [first, second] = pair.value && width === current().picture.layers[layer.value] ? pair.value.split(",").map(Number) : [null, null];
      const found = await ask("warp", { layer: Number(layer.value), first: first ?? null, second: Number.isFinite(second) ? second : null });
      if (found.width !== width) {
        width = found.width;
        pair.replaceChildren(make("option", { value: "" }, width > 2 ? "principal components" : "its neurons"));
        if (width > 2)
          for (let i = 0; i < width; i++) for (let j = i + 1; j < width; j++) pair.append(make("option", { value: `${i},${j}` }, `neurons ${i + 1} and ${j + 1}`));
      }
      axes.textContent = `Across: ${found.axes[0]}.${found.axes[1] ? ` ${width > 2 && !pair.value ? "They hold" : "Up:"} ${found.axes[1]}.` : ""}`;
      draw(found, current().colours);
    } finally {
      busy = false;
    }
  }
  function draw(found, colours) {
    const { context, width: w, height: h } = fitted(canvas);
    const { grid, points, targets } = found.arrays;
    let [x0, x1, y0, y1] = [Infinity, -Infinity, Infinity, -Infinity];
    for (let i = 0; i < grid.length; i += 2) {
      [x0, x1] = [Math.min(x0, grid[i]), Math.max(x1, grid[i])];
      [y0, y1] = [Math.min(y0, grid[i + 1]), Math.max(y1, grid[i + 1])];
    }
    const [sx, sy] = [Math.max(x1 - x0, 1e-9), Math.max(y1 - y0, 1e-9)];
    const at = (x, y) => [14 + ((x - x0) / sx) * (w - 28), sy <= 1e-9 ? h / 2 : h - 14 - ((y - y0) / sy) * (h - 28)];
    const lines = grid.shape[0];
    context.strokeStyle = colours.muted;
    context.globalAlpha = 0.45;
    context.lineWidth = 1;
    for (let a = 0; a < lines; a++)
      for (const [step, start] of [[1, a * lines], [lines, a]]) {
        context.beginPath();
        for (let b = 0; b < lines; b++) context.lineTo(...at(grid[2 * (start + b * step)], grid[2 * (start + b * step) + 1]));
        context.stroke();
      }
    context.globalAlpha = 1;
    for (let i = 0; i < targets.length; i++) {
      const { shape: which, fill } = look(found.kind === "curve" ? "plane" : found.kind, targets[i], colours);
      mark(context, ...at(points[2 * i], points[2 * i + 1]), which, 4);
      context.fillStyle = fill;
      context.fill();
      context.strokeStyle = colours.panel;
      context.stroke();
    }
  }
  return { element, refresh };
}

const RACERS = ["SGD", "SGD with momentum", "Adagrad", "RMSprop", "Adam"];
const DASHES = [[], [6, 3], [2, 3], [9, 3, 2, 3], [12, 4], [4, 4], [1, 2]];
const RACE_COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a6d00", "#56b4e9", "#777777"];

/** The race: optimisers from the same weights, on the same batches. */
export function racePanel(ask, current, choices, act) {
  const boxes = make("div", { class: "racers" });
  const curves = make("canvas", { class: "curves", role: "img", "aria-label": "Train loss of each optimiser" });
  const ground = make("canvas", { class: "ground", role: "img", "aria-label": "Paths of the optimisers on the loss surface" });
  const note = make("p", { class: "hint" });
  const names = Object.keys(choices.optimizers);
  const chosen = new Set(RACERS);
  const rates = make("div", { class: "chips" });
  for (const name of ["SGD with momentum", ...names]) {
    const chip = button(name, () => {
      chosen.has(name) ? chosen.delete(name) : chosen.size < 7 && chosen.add(name);
      chip.classList.toggle("on", chosen.has(name));
      chip.setAttribute("aria-pressed", String(chosen.has(name)));
    }, { class: `chip${chosen.has(name) ? " on" : ""}`, "aria-pressed": String(chosen.has(name)) });
    rates.append(chip);
  }
  const go = button("Start the race", () => (running ? stop() : start()), { class: "primary" });
  const element = make("details", { class: "panel extra race", ontoggle: () => { if (!element.open) stop(); } },
    make("summary", {}, "Race of optimisers"),
    make("p", {}, "The same first weights and the same batches for each; only the optimiser differs."),
    rates, make("div", { class: "row" }, go), boxes, make("div", { class: "pair" }, curves, ground), note);
  let running = false;
  function stop() {
    running = false;
    go.textContent = "Start the race";
  }
  async function start() {
    const racers = [...chosen].map((name) =>
      name === "SGD with momentum" ? { optimizer: "SGD", settings: { lr: 0.03, momentum: 0.9 } } : { optimizer: name, settings: startOf(choices, name) });
    if (!racers.length) return;
    act.pause();
    const titles = [...chosen];
    running = true;
    go.textContent = "Stop the race";
    let answer = await ask("race", { racers });
    if (!answer) return stop();
    build(titles);
    let frame = 0;
    while (running && element.isConnected) {
      const next = ask("race", { budget_ms: 30 });
      show(answer, titles);
      answer = await next;
      if (!answer) break;
      if (++frame % 25 === 0 || answer.racers[0].step > 3000) await surface(titles);
      if (answer.racers[0].step > 3000) stop();
      await new Promise(requestAnimationFrame);
    }
    if (answer) show(answer, titles);
    await surface(titles);
    stop();
  }
  function build(titles) {
    boxes.replaceChildren(...titles.map((name, i) =>
      make("figure", {}, make("canvas", { "aria-hidden": "true" }), make("figcaption", {},
        svg("svg", { width: 26, height: 8, "aria-hidden": "true" }, svg("line", { x1: 0, y1: 4, x2: 26, y2: 4, stroke: RACE_COLOURS[i], "stroke-width": 3, "stroke-dasharray": DASHES[i].join(" ") || "none" })),
        make("strong", {}, name), make("span", { class: "number" }, "")))));
  }
  function show(answer, titles) {
    const { colours } = current();
    const { arrays } = answer;
    const order = answer.racers.map((each, i) => [each.train_loss ?? Infinity, i]).sort((a, b) => a[0] - b[0]);
    [...boxes.children].forEach((box, i) => {
      const canvas = box.querySelector("canvas");
      if (answer.kind === "three") paintClasses(canvas, arrays[`surface.${i}`], arrays[`certainty.${i}`], 40, 40, colours);
      else if (arrays[`surface.${i}`]) paintMap(canvas, arrays[`surface.${i}`], 40, 40, colours);
      else {
        const { context, width, height } = fitted(canvas);
        context.strokeStyle = colours.positive;
        context.beginPath();
        arrays[`line.${i}`].forEach((y, j) => context.lineTo((j / 39) * width, height / 2 - (y / 1.5) * (height / 2)));
        context.stroke();
      }
      box.classList.toggle("first", order[0][1] === i);
      box.querySelector(".number").textContent = `loss ${short(answer.racers[i].train_loss)}`;
    });
    drawCurves(curves, titles.map((name, i) => {
      const both = arrays[`curve.${i}`];
      const half = both.length / 2;
      return { x: both.subarray(0, half), y: both.subarray(half), colour: RACE_COLOURS[i], dash: DASHES[i], name };
    }), colours, { log: true, label: "train loss (log) by step" });
  }
  async function surface(titles) {
    const found = await ask("race_surface", {}, true);
    if (!found) return;
    const { colours } = current();
    const { context, width, height } = fitted(ground);
    const { heights } = found.arrays;
    const side = heights.shape[0];
    let [low, high] = [Infinity, -Infinity];
    for (const each of heights) if (Number.isFinite(each)) [low, high] = [Math.min(low, Math.log(each + 1e-9)), Math.max(high, Math.log(each + 1e-9))];
    const [cw, ch] = [width / side, height / side];
    context.fillStyle = colours.ground;
    context.fillRect(0, 0, width, height);
    for (let row = 0; row < side; row++)
      for (let column = 0; column < side; column++) {
        const level = Math.floor((12 * (Math.log(heights[row * side + column] + 1e-9) - low)) / Math.max(1e-9, high - low));
        context.fillStyle = colours.muted;
        context.globalAlpha = Math.max(0, Math.min(12, Number.isFinite(level) ? level : 12)) / 20;
        context.fillRect(column * cw, height - (row + 1) * ch, cw + 0.6, ch + 0.6);
      }
    context.globalAlpha = 1;
    titles.forEach((name, i) => {
      const way = found.arrays[`path.${i}`];
      if (!way) return;
      const at = (j) => [((way[2 * j] - found.low[0]) / (found.high[0] - found.low[0])) * width, height - ((way[2 * j + 1] - found.low[1]) / (found.high[1] - found.low[1])) * height];
      context.beginPath();
      for (let j = 0; j < way.length / 2; j++) context.lineTo(...at(j));
      context.strokeStyle = RACE_COLOURS[i];
      context.setLineDash(DASHES[i]);
      context.lineWidth = 2.5;
      context.stroke();
      context.setLineDash([]);
      mark(context, ...at(way.length / 2 - 1), 1, 5);
      context.fillStyle = RACE_COLOURS[i];
      context.fill();
      context.strokeStyle = colours.panel;
      context.stroke();
    });
    note.textContent = `Right: the training loss, darker where it is higher, on the plane that fits the paths best; it holds ${Math.round(100 * found.share)} % of their spread.`;
  }
  return { element };
}

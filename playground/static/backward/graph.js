// The graph: boxes and arrows laid out by Graphviz, drawn here, with pan, zoom and keys.

import { s, signOf } from "./dom.js";
import { HEIGHT, extentOf, place } from "./placing.js";

const SMALLEST = 0.55; // the zoom below which text cannot be read
const BEGIN = 0.7; // the zoom at which a graph is first seen that would be smaller than that
const MARGIN = 28;
const TOP = 52; // below the buttons
const CHARACTER = 7.9;
const LABEL = [46, 12]; // room of a local gradient

const clip = (text, most = 26) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
const ALONG = Array.from({ length: 17 }, (_, i) => 0.5 + (i % 2 ? 0.05 : -0.05) * Math.ceil(i / 2)); // from the middle outwards

/** A place on a path where a label overprints none of those before: as near its middle as may be; else the farthest from them. */
function free(path, taken) {
  const length = path.getTotalLength();
  const room = ({ x, y }) => Math.min(...taken.map((other) => Math.max(Math.abs(other.x - x) / LABEL[0], Math.abs(other.y - y) / LABEL[1])));
  const places = ALONG.map((part) => path.getPointAtLength(length * part));
  const place = places.find((each) => room(each) > 1) ?? places.reduce((best, each) => (room(each) > room(best) ? each : best));
  taken.push(place);
  return place;
}

/** A number of two digits that is no less than a size. */
function above(size) {
  const unit = 10 ** (Math.floor(Math.log10(size)) - 1);
  return size > 0 && Number.isFinite(size) ? Number((Math.ceil(Number((size / unit).toPrecision(12))) * unit).toPrecision(2)) : size;
}

/** layers.0.neurons.1.w.2 reads as L0 N1 w2. */
export const shortName = (name) =>
  name.replace(/\blayers\.(\d+)/g, "layer $1").replace(/\.?neurons\.(\d+)/g, " neuron $1").replace(/^layer (\d+) neuron (\d+)\./, "$1·$2 ").replace(/\b([wb])\.(\d+)/g, "$1$2");

export class Graph {
  constructor(element, { onselect, onopen, text }) {
    this.onselect = onselect;
    this.onopen = onopen;
    this.text = text;
    this.world = s("g", { class: "world" });
    this.svg = s("svg", { class: "graph", role: "group", "aria-label": "Computation graph. Arrow keys move from node to node, Enter chooses." }, this._arrowheads(), this.world);
    this.element = element;
    element.append(this.svg);
    this.view = { x: 0, y: 0, k: 1 };
    this.boxes = [];
    this._pointers(element);
    this.svg.addEventListener("keydown", (event) => this._key(event));
    new ResizeObserver(() => this.shape && !this.moved && this.fit()).observe(element);
  }

  _arrowheads() {
    const head = (id, name) => s("marker", { id, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto-start-reverse", class: name, markerUnits: "userSpaceOnUse" }, s("path", { d: "M0 0L8 4L0 8z" }));
    return s("defs", {}, head("bw-head", "head"), head("bw-head-now", "head now"));
  }

  /** Lay out and draw a view; answers false if a newer one came in between. */
  async show(shape, names) {
    this.wanted = shape;
    const widths = shape.boxes.map((box) => this._width(box, names));
    const places = await place(shape, widths, (extent) => this._scale(extent));
    if (this.wanted !== shape) return false;
    this.shape = shape;
    this.names = names;
    this._draw(shape, places, widths);
    this.moved = false;
    this.fit();
    return true;
  }

  _title(box, names) {
    return clip(shortName(box.kind === "node" ? names[box.node] : box.title));
  }

  _width(box, names) {
    const chip = box.kind === "node" ? clip(box.op, 10).length * CHARACTER + (box.op ? 14 : 0) : 22;
    return Math.max(128, Math.round(this._title(box, names).length * CHARACTER + chip + 26));
  }

  _draw(shape, places, widths) {
    const lines = s("g", { class: "arrows" }), labels = s("g", { class: "labels" }), nodes = s("g", { class: "boxes" });
    this.arrows = shape.arrows.map((arrow, k) => {
      const path = s("path", { d: places.arrows.get(k) ?? "", class: "arrow", "marker-end": "url(#bw-head)" });
      lines.append(path);
      return { ...arrow, path, label: null };
    });
    const members = shape.boxes.map(() => []);
    shape.box_of.forEach((k, node) => k >= 0 && members[k].push(node));
    this.boxes = shape.boxes.map((box, k) => this._box({ ...box, nodes: members[k] }, k, places.boxes.get(k) ?? [0, 0], widths[k], nodes));
    this.world.replaceChildren(lines, nodes, labels);
    const length = this.arrows.length;
    const taken = [];
    for (const arrow of this.arrows) {
      if (length > 250 || !arrow.path.getAttribute("d")) continue;
      const middle = free(arrow.path, taken);
      arrow.label = s("text", { x: middle.x, y: middle.y - 4, class: "local" });
      labels.append(arrow.label);
    }
    this.byEdge = new Map();
    for (const arrow of this.arrows) {
      const place = `${arrow.tail} ${arrow.head}`;
      this.byEdge.set(`${place} ${arrow.slot}`, arrow);
      if (!this.byEdge.has(place)) this.byEdge.set(place, arrow);
    }
    this.bounds = extentOf(this.boxes.map(({ x, y }) => [x, y]), widths);
  }

  _box(box, k, [x, y], width, parent) {
    const folded = box.kind !== "node";
    const kind = folded ? "folded" : box.leaf ? "leaf" : "inner";
    const top = y - HEIGHT / 2, left = x - width / 2;
    const title = s("text", { x: left + 11, y: top + 19, class: "title" }, this._title(box, this.names));
    const data = s("text", { x: left + 11, y: top + 37, class: "data" });
    const grad = s("text", { x: left + 11, y: top + 54, class: "grad" });
    const g = s("g", { class: `box ${kind}`, tabindex: k === 0 ? 0 : -1, role: "button", "data-box": k, "data-node": box.node },
      folded ? s("rect", { x: left + 5, y: top + 5, width, height: HEIGHT, rx: 9, class: "shadow" }) : null,
      s("rect", { x: left, y: top, width, height: HEIGHT, rx: folded ? 9 : 7, class: "plate" }),
      title, data, grad);
    if (folded) g.append(s("path", { d: `M${left + width - 18} ${top + 10}v10m-5 -5h10`, class: "opens" }));
    else if (box.op) {
      const op = clip(box.op, 10), wide = op.length * CHARACTER + 8;
      g.append(s("rect", { x: left + width - wide - 6, y: top + 6, width: wide, height: 18, rx: 9, class: "chip" }), s("text", { x: left + width - wide / 2 - 6, y: top + 19, class: "op" }, op));
    }
    g.addEventListener("click", () => !this.dragged && this.choose(k));
    parent.append(g);
    return { ...box, k, x, y, width, g, data, grad };
  }

  /** Write numbers into boxes: all, or those that hold some nodes. */
  numbers({ data, now, reached, hidden }, changed = null) {
    const boxes = changed ? new Set([...changed].map((node) => this.shape.box_of[node]).filter((k) => k >= 0)) : this.boxes.keys();
    for (const k of boxes) this._number(this.boxes[k], data, now, reached, hidden);
  }

  /** The range of some numbers, in so many digits; and the least size of two digits that none exceeds. */
  _range(values, list) {
    let low = Infinity, high = -Infinity;
    for (const i of list) { low = Math.min(low, values[i]); high = Math.max(high, values[i]); }
    const range = (text) => (low === high || list.length === 1 ? text(values[list[0]]) : `${text(low)} … ${text(high)}`);
    const most = this.text(above(Math.max(-low, high))).replace(/(\.\d)0e/, "$1e");
    return { whole: range(this.text), short: range((x) => this.text(Number(x.toPrecision(2)))), most: `|grad| ≤ ${most}` };
  }

  _number(box, data, now, reached, hidden) {
    const single = box.kind === "node" || box.kind === "sum";
    const of = single ? [box.node] : box.nodes;
    const seen = of.filter((i) => reached[i]);
    const quiz = hidden && seen.some((i) => hidden.has(i));
    box.data.textContent = single ? `value ${this.text(data[box.node])}` : `${box.members.toLocaleString("en")} nodes`;
    const { whole, short, most } = quiz || !seen.length ? {} : this._range(now, seen);
    const grad = quiz ? "?" : whole ?? "";
    const room = Math.floor((box.width - 60) / 6.4);
    const fitting = [grad, short].find((text) => text?.length <= room);
    box.grad.textContent = grad ? (fitting || single ? `grad ${fitting ?? grad}` : most) : "";
    box.grad.setAttribute("class", `grad ${single && seen.length && !quiz ? signOf(now[box.node]) : ""}`);
    box.g.classList.toggle("reached", seen.length > 0);
    const name = single ? this.names[box.node] : box.title;
    const gradient = quiz ? "hidden" : grad || "not reached";
    box.g.setAttribute("aria-label", `${name}${box.op && single ? ` (${box.op})` : ""}, ${box.data.textContent}, gradient ${gradient}${single ? "" : ", folded: opens"}`);
  }

  arrowOf(head, slot, tail) {
    const place = `${this.shape.box_of[tail]} ${this.shape.box_of[head]}`;
    return this.byEdge.get(`${place} ${slot}`) ?? this.byEdge.get(place);
  }

  /** Label arrows between single nodes with local gradients: `local(head, slot)` gives one. */
  locals(local) {
    for (const { label, uses, head, slot } of this.arrows) {
      if (!label) continue;
      const { kind, node } = this.boxes[head];
      const number = uses > 1 ? undefined : kind === "node" ? local(node, slot) : kind === "sum" ? 1 : undefined;
      label.textContent = number === undefined ? "" : this.text(number);
    }
  }

  /** Mark the step in work. */
  mark(step) {
    this.world.querySelectorAll(".now").forEach((each) => each.classList.remove("now"));
    this.now?.path.setAttribute("marker-end", "url(#bw-head)");
    this.now = null;
    if (!step) return;
    const arrow = this.arrowOf(step.head, step.slot, step.tail);
    for (const node of [step.head, step.tail]) this.boxes[this.shape.box_of[node]]?.g.classList.add("now");
    const tail = this.boxes[this.shape.box_of[step.tail]];
    if (tail && this.view.k >= SMALLEST * 0.9) this._bringIn(tail);
    if (!arrow) return;
    arrow.path.classList.add("now");
    arrow.label?.classList.add("now");
    arrow.path.setAttribute("marker-end", "url(#bw-head-now)");
    arrow.path.parentNode.append(arrow.path);
    this.now = arrow;
  }

  /** Thick paths; each is {nodes, slots, narrowest}. */
  paths(paths) {
    this.world.querySelectorAll(".onpath, .narrowest").forEach((each) => each.classList.remove("onpath", "narrowest"));
    for (const path of paths) {
      path.nodes.forEach((node, i) => {
        this.boxes[this.shape.box_of[node]]?.g.classList.add("onpath");
        if (i === 0) return;
        const arrow = this.arrowOf(node, path.slots[i - 1], path.nodes[i - 1]);
        arrow?.path.classList.add("onpath");
        if (i - 1 === path.narrowest) { arrow?.path.classList.add("narrowest"); arrow?.label?.classList.add("narrowest"); }
      });
    }
  }

  select(node) {
    for (const box of this.boxes) box.g.classList.toggle("chosen", node >= 0 && this.shape.box_of[node] === box.k);
  }

  /** Choose a box: a folded one opens, a node is explained. */
  choose(k) {
    const box = this.boxes[k];
    this._focus(k);
    if (box.kind === "node") this.onselect(box.node);
    else this.onopen(k);
  }

  _focus(k) {
    for (const box of this.boxes) box.g.setAttribute("tabindex", box.k === k ? 0 : -1);
    this.boxes[k].g.focus({ preventScroll: true });
    this._bringIn(this.boxes[k]);
  }

  /** Move the view just so far that a box is seen. */
  _bringIn(box) {
    const { clientWidth, clientHeight } = this.element, { x, y, k } = this.view;
    const beyond = (at, half, low, high) => Math.max(low - (at - half), 0) || Math.min(high - (at + half), 0);
    const dx = beyond(box.x * k + x, (box.width / 2) * k, 12, clientWidth - 12);
    const dy = beyond(box.y * k + y, (HEIGHT / 2) * k, 12, clientHeight - 12);
    if (dx || dy) this._move(x + dx, y + dy, k);
  }

  _key(event) {
    const k = Number(event.target.closest?.(".box")?.dataset.box);
    if (Number.isNaN(k)) return;
    const direction = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (direction && event.shiftKey) this.pan(-direction[0] * 80, -direction[1] * 80);
    else if (direction) this._neighbour(k, direction);
    else if (event.key === "Enter" || event.key === " ") this.choose(k);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  _neighbour(k, [dx, dy]) {
    const from = this.boxes[k];
    let best = null, least = Infinity;
    for (const box of this.boxes) {
      const along = (box.x - from.x) * dx + (box.y - from.y) * dy, across = Math.abs((box.x - from.x) * dy) + Math.abs((box.y - from.y) * dx);
      if (along > 8 && along + 2.5 * across < least) { least = along + 2.5 * across; best = box; }
    }
    if (best) this._focus(best.k);
  }

  _pointers(element) {
    const active = new Map();
    let distance = 0;
    element.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || event.target.closest("button")) return;
      active.set(event.pointerId, [event.clientX, event.clientY]);
      this.dragged = false;
      this.travel = 0;
    });
    element.addEventListener("pointermove", (event) => {
      const last = active.get(event.pointerId);
      if (!last) return;
      active.set(event.pointerId, [event.clientX, event.clientY]);
      const points = [...active.values()];
      if (points.length === 2) {
        const apart = Math.hypot(points[0][0] - points[1][0], points[0][1] - points[1][1]);
        if (distance) this.zoom(apart / distance, (points[0][0] + points[1][0]) / 2, (points[0][1] + points[1][1]) / 2);
        distance = apart;
        this.dragged = true;
        return;
      }
      this.travel += Math.abs(event.clientX - last[0]) + Math.abs(event.clientY - last[1]);
      if (this.travel > 4) this.dragged = true;
      this.pan(event.clientX - last[0], event.clientY - last[1]);
    });
    const up = (event) => { active.delete(event.pointerId); distance = 0; };
    for (const name of ["pointerup", "pointercancel", "pointerleave"]) element.addEventListener(name, up);
    element.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0016)), event.clientX, event.clientY, true);
    }, { passive: false });
  }

  pan(dx, dy) {
    this._move(this.view.x + dx, this.view.y + dy, this.view.k);
  }

  /** Zoom about a point of the window. Zoomed in on a folded box, it opens; far out, the fold above comes back. */
  zoom(factor, clientX, clientY, wheel = false) {
    const frame = this.element.getBoundingClientRect();
    const x = (clientX ?? frame.left + frame.width / 2) - frame.left, y = (clientY ?? frame.top + frame.height / 2) - frame.top;
    const k = Math.max(0.05, Math.min(5, this.view.k * factor));
    this._move(x - ((x - this.view.x) * k) / this.view.k, y - ((y - this.view.y) * k) / this.view.k, k);
    if (factor > 1) {
      const at = [(x - this.view.x) / k, (y - this.view.y) / k];
      const under = this.boxes.find((box) => Math.abs(box.x - at[0]) < box.width / 2 && Math.abs(box.y - at[1]) < HEIGHT / 2);
      if (under && under.kind !== "node" && under.width * k > Math.min(frame.width * 0.6, 420)) this.onopen(under.k, true);
    } else if (factor < 1 && k < Math.min(this.fitted, SMALLEST) * 0.45) this.onopen(-1, true);
  }

  /** Where a view begins: all of it if that can be read, else its result and what lies around that. */
  start(root) {
    if (this.fitted >= SMALLEST || !this.boxes[root]) return;
    const { clientWidth: width, clientHeight: height } = this.element;
    const { x, y } = this.boxes[root], { bounds } = this, k = BEGIN;
    const along = (at, from, size, low, high) => {
      if (size * k <= high - low) return (low + high - size * k) / 2 - from * k;
      return Math.max(high - (from + size) * k, Math.min(low - from * k, (low + high) / 2 - at * k));
    };
    this._move(along(x, bounds.x, bounds.width, MARGIN, width - MARGIN), along(y, bounds.y, bounds.height, TOP, height - MARGIN), k);
    this.moved = true;
  }

  /** The zoom at which all of something is seen. */
  _scale({ width, height }) {
    const { clientWidth, clientHeight } = this.element;
    return Math.min((clientWidth - 2 * MARGIN) / width, (clientHeight - TOP - MARGIN) / height, 1.35);
  }

  fit() {
    const { clientWidth: width, clientHeight: height } = this.element;
    if (!width || !this.bounds) return;
    const k = this._scale(this.bounds);
    this.fitted = k;
    this._move((width - this.bounds.width * k) / 2 - this.bounds.x * k, (height + TOP - MARGIN - this.bounds.height * k) / 2 - this.bounds.y * k, k);
    this.moved = false;
  }

  _move(x, y, k) {
    this.view = { x, y, k };
    this.moved = true;
    this.world.setAttribute("transform", `translate(${x} ${y}) scale(${k})`);
    this.svg.classList.toggle("far", k < 0.45);
  }
}

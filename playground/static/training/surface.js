// The large picture: what the network computes over the plane (or line), the samples, and drawing.

import { paintClasses, paintMap } from "./colours.js";

const SIDE = 6;
const HEIGHT = 1.5; // of a curve's picture, up and down

/** Mark a sample: a disc, a square or a triangle by class, so that no meaning hangs on hue alone. */
export function mark(context, x, y, shape, size) {
  context.beginPath();
  if (shape === 0) context.rect(x - size * 0.88, y - size * 0.88, size * 1.76, size * 1.76);
  else if (shape === 2) {
    context.moveTo(x, y - size * 1.2);
    context.lineTo(x + size * 1.1, y + size * 0.85);
    context.lineTo(x - size * 1.1, y + size * 0.85);
    context.closePath();
  } else context.arc(x, y, size, 0, 2 * Math.PI);
}

/** Fit a canvas to its box on the screen; returns its context, in CSS pixels, and its size. */
export function fitted(canvas) {
  const scale = window.devicePixelRatio || 1;
  const width = canvas.clientWidth || 300;
  const height = canvas.clientHeight || 300;
  const [w, h] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}

/** Where a sample of a kind of problem lies, and which colour and shape it has. */
export function look(kind, target, colours) {
  if (kind === "three") return { shape: target, fill: colours.classes[target] };
  if (kind === "binary") return { shape: target > 0.5 ? 1 : 0, fill: colours.classes[target > 0.5 ? 1 : 0] };
  const at = 4 * Math.max(1, Math.min(255, Math.round(128 + 127 * target)));
  return { shape: 1, fill: `rgb(${colours.table.slice(at, at + 3).join(",")})` };
}

export class Surface {
  /** @param canvas where to draw; @param actions {add(x, y, erase, other), probe(x, y), leave(), stroke()} */
  constructor(canvas, actions) {
    this.canvas = canvas;
    this.actions = actions;
    this.map = document.createElement("canvas");
    this.marks = document.createElement("canvas");
    this.drawn = null;
    this.cursor = null;
    this.last = null;
    canvas.addEventListener("pointerdown", (event) => this.#press(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    canvas.addEventListener("pointerup", () => this.#release());
    canvas.addEventListener("pointercancel", () => this.#release());
    canvas.addEventListener("pointerleave", () => actions.leave());
    canvas.addEventListener("contextmenu", (event) => event.preventDefault());
    canvas.addEventListener("keydown", (event) => this.#key(event));
    canvas.addEventListener("blur", () => { this.cursor = null; this.redraw(); });
  }

  #place(event) {
    const box = this.canvas.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * 2 * SIDE - SIDE;
    const y = SIDE - ((event.clientY - box.top) / box.height) * 2 * SIDE;
    return [x, y].map((each) => Math.max(-SIDE, Math.min(SIDE, each)));
  }

  #press(event) {
    event.preventDefault();
    this.canvas.focus({ preventScroll: true });
    this.canvas.setPointerCapture(event.pointerId);
    const erase = event.ctrlKey || event.metaKey || event.button === 2;
    this.stroke = { erase, other: event.shiftKey, at: null };
    this.#draw(event);
  }

  #move(event) {
    if (this.stroke) this.#draw(event);
    else this.actions.probe(...this.#place(event));
  }

  #draw(event) {
    const [x, y] = this.#place(event);
    const at = this.stroke.at;
    if (at && Math.hypot(x - at[0], y - at[1]) < 0.55) return;
    this.stroke.at = [x, y];
    this.actions.add(x, y, this.stroke.erase, this.stroke.other);
  }

  #release() {
    if (this.stroke) this.actions.stroke();
    this.stroke = null;
  }

  #key(event) {
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    if (event.key in moves) {
      const [x, y] = this.cursor ?? [0, 0];
      const [dx, dy] = moves[event.key];
      this.cursor = [Math.max(-SIDE, Math.min(SIDE, x + dx * 0.5)), Math.max(-SIDE, Math.min(SIDE, y + dy * 0.5))];
      this.actions.probe(...this.cursor);
    } else if (this.cursor && (event.key === "Enter" || event.key === " ")) {
      this.actions.add(...this.cursor, false, event.shiftKey);
      this.actions.stroke();
    } else if (this.cursor && (event.key === "Delete" || event.key === "Backspace")) {
      this.actions.add(...this.cursor, true, false);
      this.actions.stroke();
    } else return;
    event.preventDefault();
    event.stopPropagation();
    this.redraw();
  }

  redraw() {
    if (this.last) this.draw(...this.last);
  }

  /** Draw a picture. options: {discrete, test, neuron (row of the maps, or null), hint, points (own ones)} */
  draw(picture, colours, options) {
    this.last = [picture, colours, options];
    const { context, width, height } = fitted(this.canvas);
    if (picture.kind === "curve") this.#curve(context, width, height, picture, colours, options);
    else this.#plane(context, width, height, picture, colours, options);
    if (this.cursor) this.#cross(context, width, height, colours);
  }

  #plane(context, width, height, picture, colours, options) {
    const { arrays } = picture;
    const side = arrays.maps.shape[1];
    const { discrete, neuron } = options;
    if (neuron !== null && neuron !== undefined) {
      const size = side * side;
      paintMap(this.map, arrays.maps.subarray(neuron * size, (neuron + 1) * size), side, side, colours, discrete);
    } else if (picture.kind === "three")
      paintClasses(this.map, arrays.surface, arrays.certainty, side, side, colours, discrete);
    else paintMap(this.map, arrays.surface, side, side, colours, discrete);
    context.imageSmoothingEnabled = !discrete;
    context.drawImage(this.map, 0, 0, width, height);
    const at = (x, y) => [((x + SIDE) / (2 * SIDE)) * width, ((SIDE - y) / (2 * SIDE)) * height];
    context.imageSmoothingEnabled = true;
    context.drawImage(this.#samples(picture, colours, options, width, height, at), 0, 0, width, height);
    if (options.hint) this.#hint(context, width, height, colours);
  }

  /** The samples as a picture of their own, drawn anew where they, the colours or the size have changed. */
  #samples({ kind, arrays }, colours, { test }, width, height, at) {
    const key = [arrays.train, arrays.train_targets, arrays.test, test, colours, kind, this.canvas.width, this.canvas.height];
    if (this.drawn && key.every((each, i) => each === this.drawn[i])) return this.marks;
    this.drawn = key;
    [this.marks.width, this.marks.height] = [this.canvas.width, this.canvas.height];
    const context = this.marks.getContext("2d");
    context.scale(this.canvas.width / width, this.canvas.height / height);
    const size = Math.max(3, width / 85);
    const draw = (points, targets, ofTest) => {
      for (let i = 0; i < targets.length; i++) {
        const { shape, fill } = look(kind, targets[i], colours);
        mark(context, ...at(points[2 * i], points[2 * i + 1]), shape, size);
        context.fillStyle = fill;
        context.fill();
        context.lineWidth = ofTest ? 1.8 : 1.2;
        context.strokeStyle = ofTest ? colours.ink : colours.panel;
        context.stroke();
      }
    };
    if (test) draw(arrays.test, arrays.test_targets, true);
    draw(arrays.train, arrays.train_targets, false);
    return this.marks;
  }

  /** Where to click for XOR, on an empty plane. */
  #hint(context, width, height, colours) {
    const size = width * 0.055;
    context.lineWidth = 2;
    context.setLineDash([5, 4]);
    for (const [x, y, which] of [[0.25, 0.3, 1], [0.75, 0.7, 1], [0.75, 0.3, 0], [0.25, 0.7, 0]]) {
      mark(context, x * width, y * height, which, size);
      context.strokeStyle = colours.classes[which];
      context.stroke();
    }
    context.setLineDash([]);
    context.fillStyle = colours.muted;
    context.font = "14px system-ui, sans-serif";
    context.textAlign = "center";
    context.fillText("Click to draw points", width / 2, height / 2 + 5);
  }

  #curve(context, width, height, picture, colours, options) {
    const { arrays } = picture;
    const [rows, columns] = arrays.lines.shape;
    const at = (x, y) => [((x + SIDE) / (2 * SIDE)) * width, height / 2 - (y / HEIGHT) * (height / 2)];
    context.fillStyle = colours.ground;
    context.fillRect(0, 0, width, height);
    context.strokeStyle = colours.line;
    context.lineWidth = 1;
    for (const y of [-1, 0, 1]) {
      context.beginPath();
      context.moveTo(...at(-SIDE, y));
      context.lineTo(...at(SIDE, y));
      context.stroke();
    }
    const line = (row, style, thick) => {
      context.beginPath();
      for (let i = 0; i < columns; i++) {
        const y = arrays.lines[row * columns + i];
        if (Number.isFinite(y)) context.lineTo(...at((i / (columns - 1)) * 2 * SIDE - SIDE, Math.max(-9, Math.min(9, y))));
      }
      context.strokeStyle = style;
      context.lineWidth = thick;
      context.stroke();
    };
    const before = picture.layers.slice(0, -2).reduce((sum, each) => sum + each, picture.features.length);
    context.globalAlpha = 0.35;
    if (picture.layers.length > 1)
      for (let i = 0; i < picture.layers.at(-2); i++) line(before + i, colours.muted, 1);
    context.globalAlpha = 1;
    const size = Math.max(3, width / 85);
    const draw = (points, targets, test) => {
      for (let i = 0; i < targets.length; i++) {
        mark(context, ...at(points[2 * i], targets[i]), 1, size);
        context.fillStyle = test ? colours.panel : colours.negative;
        context.fill();
        context.lineWidth = 1.3;
        context.strokeStyle = test ? colours.negative : colours.panel;
        context.stroke();
      }
    };
    if (options.test) draw(arrays.test, arrays.test_targets, true);
    draw(arrays.train, arrays.train_targets, false);
    if (options.neuron !== null && options.neuron !== undefined) line(options.neuron, colours.ink, 3);
    else line(rows - 1, colours.positive, 3.5);
  }

  #cross(context, width, height, colours) {
    const [x, y] = this.cursor;
    const [px, py] = [((x + SIDE) / (2 * SIDE)) * width, ((SIDE - y) / (2 * SIDE)) * height];
    context.strokeStyle = colours.ink;
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(px - 9, py);
    context.lineTo(px + 9, py);
    context.moveTo(px, py - 9);
    context.lineTo(px, py + 9);
    context.stroke();
  }
}

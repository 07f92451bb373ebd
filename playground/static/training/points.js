// Points drawn with the mouse, a finger or keys: shown at once, and sent when the stroke ends.

import { button, make } from "./dom.js";
import { renew } from "../renew.js";

export class Points {
  /** @param page the tab: its picture, its choices, set(changes) and redraw() */
  constructor(page) {
    this.page = page;
    this.own = null; // the samples, while they are drawn
    this.sending = 0;
    this.brush = 1;
    this.brushes = make("div", { class: "brushes", "data-control": "Drawing", role: "group", "aria-label": "What a click draws" });
  }

  /** An answer has come: it holds the samples, unless others are drawn or on their way. */
  forget() {
    if (!this.page.surface.stroke && !this.sending) this.own = null;
  }

  /** The brushes of the kind of problem. */
  form() {
    const kind = this.page.picture?.kind ?? "binary";
    const shown = { binary: [[1, "blue", "●"], [0, "orange", "■"]], three: [[0, "orange", "■"], [1, "blue", "●"], [2, "green", "▲"]], plane: [[1, "high", "●"], [-1, "low", "●"]], curve: [[1, "points", "●"]] }[kind];
    if (this.brush !== "erase" && !shown.some(([each]) => each === this.brush)) this.brush = shown[0][0];
    const choose = (brush) => { this.brush = brush; this.form(); };
    renew(this.brushes, make("span", {}, "Draw:"),
      shown.map(([value, text, sign]) => button([make("i", {}, sign), text], () => choose(value), { class: `brush b${kind === "plane" ? Number(value > 0) : kind === "curve" ? 0 : value}${this.brush === value ? " on" : ""}`, "aria-pressed": String(this.brush === value), title: `Click draws ${text}` })),
      button("erase", () => choose("erase"), { class: `brush${this.brush === "erase" ? " on" : ""}`, "aria-pressed": String(this.brush === "erase"), title: "Click removes points (also with Ctrl)" }));
  }

  add(x, y, erase, other) {
    const { picture } = this.page;
    if (!picture) return;
    this.own ??= rowsOf(picture);
    erase ||= this.brush === "erase";
    if (erase) {
      const curve = picture.kind === "curve";
      const height = curve ? (y / 6) * 1.5 : y;
      const far = ([px, py, t]) => Math.hypot(px - x, curve ? (t - height) * 4 : py - y);
      const nearest = this.own.reduce((best, each, i) => (far(each) < far(this.own[best] ?? [99, 99, 99]) ? i : best), 0);
      if (this.own.length && far(this.own[nearest]) < 0.6) this.own.splice(nearest, 1);
    } else {
      const { brush } = this;
      const flip = { binary: (b) => 1 - b, three: (b) => (b + 1) % 3, plane: (b) => -b, curve: (b) => b }[picture.kind];
      const value = other ? flip(brush) : brush;
      const round = (z) => Math.round(z * 100) / 100;
      this.own.push(picture.kind === "curve" ? [round(x), 0, round((y / 6) * 1.5)] : [round(x), round(y), value]);
      if (this.own.length > this.page.choices.limits.points) this.own.shift();
    }
    this.#preview();
  }

  /** Show the points at once; the engine has them when the stroke ends. */
  #preview() {
    const flat = (of) => Object.assign(new Float64Array(of.flat()), { shape: [of.length, 2] });
    const { picture } = this.page;
    this.page.picture = { ...picture, arrays: { ...picture.arrays, train: flat(this.own.map(([x, y]) => [x, y])), train_targets: new Float64Array(this.own.map(([, , t]) => t)), test: flat([]), test_targets: new Float64Array() } };
    this.page.redraw();
  }

  /** A stroke has ended: send what was drawn. */
  async send() {
    const points = this.own;
    if (!points) return;
    this.sending += 1; // an answer to the stroke before does not hold what was drawn since
    try {
      await this.page.set({ data: "points", kind: this.page.picture.kind, points });
    } finally {
      this.sending -= 1;
    }
    this.forget();
  }
}

/** The samples of a picture as rows x, y, target. */
function rowsOf(picture) {
  const { train, train_targets: t, test, test_targets: u } = picture.arrays;
  const rows = (places, targets) => Array.from(targets, (target, i) => [places[2 * i], places[2 * i + 1], target]);
  return [...rows(train, t), ...rows(test, u)];
}

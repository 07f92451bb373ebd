// The Playground tab: asks the engine for pictures, draws them, and turns what a person does into operations.

import { palette, short } from "./colours.js";
import { drawCurves } from "./curves.js";
import { Diagram } from "./diagram.js";
import { diagnosisPanel } from "./diagnosis.js";
import { button, check, field, icon, make, select } from "./dom.js";
import { asPng, asSvg, svgText } from "./exporting.js";
import { racePanel, warpPanel } from "./extras.js";
import { Inspector, nameOf, rowOf } from "./inspector.js";
import { dataPanel, effective, trainingPanel } from "./panels.js";
import { PRESETS } from "./presets.js";
import { Pace } from "./pace.js";
import { Surface } from "./surface.js";

const SPEEDS = [["step", "batch by batch"], ["epoch", "epoch by epoch"], ["fast", "full speed"]];
const RATES = [0.00001, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];

const TEXTS_MS = 125; // numbers and lines are drawn eight times a second, maps as often as can be

export function mount(element, engine, app) {
  const page = new Playground(element, engine, app);
  page.begin();
  return page;
}

class Playground {
  constructor(element, engine, app) {
    Object.assign(this, { element, engine, app });
    this.queue = Promise.resolve();
    this.playing = false;
    this.sending = 0;
    this.picture = null;
    this.view = { gradients: false, discrete: false, test: false, log: false, speed: "epoch", brush: 1 };
    this.past = null;
  }

  // -- talking to the engine ----------------------------------------------------------------------

  /** Ask for an operation, one after the other; null where the answer is an error, which is shown. */
  ask(op, args = {}, quiet = false) {
    const answer = this.queue.then(() => this.engine.call(op, args)).then((found) => {
      if (found.error) throw Object.assign(new Error(found.error.message), found.error);
      for (const [name, array] of Object.entries(found.arrays ?? {}))
        if (!ArrayBuffer.isView(array)) found.arrays[name] = Object.assign(array.data, { shape: array.shape });
      return found;
    });
    this.queue = answer.catch(() => null);
    return answer.catch((error) => {
      if (!quiet) this.complain(error);
      return null;
    });
  }

  complain(error) {
    this.error.textContent = [error.message, error.hint].filter(Boolean).join(" ");
    this.error.hidden = false;
  }

  async begin() {
    this.element.replaceChildren(make("p", { class: "hint" }, "Starting the engine …"));
    this.error = make("p", { class: "error", role: "alert", hidden: true });
    this.choices = await this.ask("training_choices");
    if (!this.choices) return this.element.replaceChildren(this.error);
    this.defaults = this.choices.defaults;
    const saved = this.app.state?.get?.("training") ?? this.app.state?.get?.() ?? {};
    this.config = { ...structuredClone(this.defaults), ...(saved.config ?? {}) };
    Object.assign(this.view, saved.view ?? {});
    this.#build();
    const picture = (await this.ask("configure", { config: this.config })) ?? (await this.#fallBack());
    if (picture) this.show(picture);
  }

  async #fallBack() {
    this.config = structuredClone(this.defaults);
    return this.ask("configure", { config: this.config });
  }

  /** The shell shows this tab again. */
  shown() {
    if (this.colours) this.#recolour();
  }

  // -- the page -------------------------------------------------------------------------------------

  #build() {
    this.diagram = new Diagram({
      hover: (place) => this.#hover(place),
      pick: (place) => this.#pick(place),
      hoverEdge: (edge) => this.#hoverEdge(edge),
      pickEdge: (edge) => this.#pick({ column: edge.column, i: edge.to }, edge.from),
      structure: (layer, values) => this.set((config) => ({ hidden: config.hidden.map((each, i) => (i === layer ? { ...each, ...values } : each)) })),
    });
    this.inspector = new Inspector({
      set: async (layer, neuron, weight, value) => this.#showAnswer(await this.ask("set_parameter", { layer, neuron, value, ...(weight === undefined ? {} : { weight }) })),
      ablate: async (layer, neuron, off) => this.#showAnswer(await this.ask("ablate", { layer, neuron, off })),
      close: () => { this.picked = null; this.inspector.hint(); this.redraw(); },
    });
    const canvas = make("canvas", { class: "surface", tabIndex: 0, role: "application", "aria-label": "Output over the plane. Click to draw points; arrow keys move a cursor, Space draws, Delete removes." });
    this.surface = new Surface(canvas, {
      add: (x, y, erase, other) => this.#addPoint(x, y, erase, other),
      stroke: () => this.#sendPoints(),
      probe: (x, y) => this.#probe(x, y),
      leave: () => { this.probe.textContent = "\u00a0"; },
    });
    this.diagnosis = diagnosisPanel({ activation: (activation) => this.set((config) => ({ hidden: config.hidden.map((each) => ({ ...each, activation })) })) });
    this.curves = make("canvas", { class: "curves", role: "img", "aria-label": "Loss by step" });
    this.probe = make("p", { class: "probe", "aria-live": "off" }, "\u00a0");
    this.status = make("p", { class: "status" });
    this.stopped = make("p", { class: "stopped", role: "status" });
    this.numbers = make("dl", { class: "numbers" });
    this.confusion = make("div", { class: "confusion", "data-control": "Confusion matrix" });
    this.legend = make("div", { class: "legend" });
    this.brushes = make("div", { class: "brushes", "data-control": "Drawing", role: "group", "aria-label": "What a click draws" });
    this.history = make("input", { type: "range", min: 0, max: 0, value: 0, "aria-label": "History", oninput: () => this.#lookBack() });
    this.historyText = make("div", { class: "row past" });
    this.warp = warpPanel((op, args) => this.ask(op, args), () => this.#drawing());
    this.race = racePanel((op, args, quiet) => this.ask(op, args, quiet), () => this.#drawing(), this.choices, { pause: () => this.pause() });
    this.playButton = make("button", { type: "button", class: "primary play", onclick: () => this.toggle(), "aria-label": "Play", title: "Play or pause (P)" }, icon("play"), make("span", {}, "Play"));
    this.rate = make("span", {});
    this.left = make("div", {});
    this.training = make("div", {});
    this.layersBar = make("div", { class: "row layers", "data-control": "Number of layers" });
    const bar = make("div", { class: "bar", role: "toolbar", "aria-label": "Training" },
      this.playButton,
      make("button", { type: "button", onclick: () => this.run({ steps: 1 }), title: "One batch (B)", "aria-label": "One batch", "data-key": "batch" }, icon("batch"), make("span", {}, "One batch")),
      make("button", { type: "button", onclick: () => this.run({ epochs: 1 }), title: "One epoch (E)", "aria-label": "One epoch", "data-key": "epoch" }, icon("epoch"), make("span", {}, "One epoch")),
      make("button", { type: "button", onclick: () => this.reset(), title: "Begin anew (R)", "aria-label": "Reset", "data-key": "reset" }, icon("reset"), make("span", {}, "Reset")),
      this.status,
      this.rate,
      field("Speed", select(SPEEDS, this.view.speed, (speed) => this.#setView({ speed }))));
    const words = this.words = make("input", { type: "text", spellcheck: false, placeholder: "8 relu, 4 tanh 0.3",
      onchange: async () => { const found = await this.ask("layers", { text: words.value }); if (found) this.set({ hidden: found.hidden }); else this.#forms(); } });
    this.asText = make("label", { class: "field as-text" }, make("span", {}, "Hidden layers as text"), words);
    this.presets = make("div", { class: "presets", "data-control": "Examples", role: "group", "aria-label": "Examples" }, make("span", {}, "Try:"),
      PRESETS.map((each) => button(each.name, () => this.preset(each), { class: "chip", title: each.text })));
    this.presetText = make("p", { class: "lesson", hidden: true });
    this.edgesToggle = make("div", { class: "toggle", role: "group", "aria-label": "Connections show", "data-control": "Weights or gradients" });
    const middle = make("div", { class: "middle" },
      make("section", { class: "panel network" },
        make("div", { class: "row top" }, make("h2", {}, "Network"), this.layersBar, this.edgesToggle),
        this.diagram.element, this.asText,
        make("p", { class: "keys edge-keys" }, make("span", { class: "key" }, make("i", {}), "positive"), make("span", { class: "key test" }, make("i", {}), "negative"), make("span", {}, "thicker is larger")),
        this.inspector.element),
      this.diagnosis.element, this.training);
    const output = make("section", { class: "panel output" }, make("h2", {}, "Output"), this.brushes,
      make("div", { class: "frame" }, canvas), this.probe, this.legend,
      make("div", { class: "row", "data-control": "Test data, discrete" },
        check("test data", this.view.test, (test) => this.#setView({ test })),
        check("discrete", this.view.discrete, (discrete) => this.#setView({ discrete }))),
      this.stopped, this.numbers,
      make("div", { class: "row top" }, make("h3", {}, "Loss"), this.#curveLegend(), check("log", this.view.log, (log) => this.#setView({ log }))),
      this.curves, make("label", { class: "field history" }, make("span", {}, "History"), this.history), this.historyText,
      this.confusion);
    const save = make("section", { class: "panel save" }, make("h2", {}, "Save"), make("div", { class: "chips" },
      [["SVG", () => this.#saveSvg()], ["PNG", () => this.#savePng()], ["JSON", () => this.#saveText("json")], ["chainrule program", () => this.#saveText("program")], ["NumPy program", () => this.#saveText("numpy")]]
        .map(([text, click]) => button(text, click, { class: "chip" })),
      make("label", { class: "chip file" }, "Open JSON", make("input", { type: "file", accept: ".json,application/json", onchange: (event) => this.#open(event.target) }))),
      make("p", { class: "hint" }, "The address holds the settings: copy it to share them."));
    this.element.replaceChildren(make("div", { class: "training" },
      this.presets, this.presetText, bar, this.error,
      make("div", { class: "grid" }, this.left, middle, output),
      make("div", { class: "more" }, this.warp.element, save, this.race.element)));
    this.element.addEventListener("dragover", (event) => event.preventDefault());
    this.element.addEventListener("drop", async (event) => {
      event.preventDefault();
      const file = event.dataTransfer?.files[0];
      this.#paste(file ? await file.text() : (event.dataTransfer?.getData("text/plain") ?? ""));
    });
    const keys = this.app.keys;
    keys?.add?.("p", "Play or pause the training", () => this.toggle());
    keys?.add?.("b", "Train one batch", () => this.run({ steps: 1 }));
    keys?.add?.("e", "Train one epoch", () => this.run({ epochs: 1 }));
    keys?.add?.("r", "Begin the training anew", () => this.reset());
    keys?.add?.("d", "Go to the plane, to draw points by keyboard", () => canvas.focus());
    new ResizeObserver(() => { this.diagram.key = ""; this.redraw(); }).observe(this.diagram.element);
    document.addEventListener("theme", () => this.#recolour());
    document.addEventListener("engine-restarted", () => this.set({}));
    this.colours = palette(this.element.firstElementChild);
    this.#forms();
  }

  #recolour() {
    this.colours = palette(this.element.firstElementChild);
    this.redraw();
  }

  #curveLegend() {
    const line = (kind, text) => make("span", { class: `key ${kind}` }, make("i", {}), text);
    return make("span", { class: "keys" }, line("train", "train"), line("test", "test"));
  }

  /** The forms, made anew from the configuration; what had the focus has it again. */
  #forms() {
    const at = document.activeElement;
    const path = at && this.element.contains(at) ? labelOf(at) : null;
    const act = { set: (changes) => this.set(changes), paste: (text) => this.#paste(text) };
    this.left.replaceChildren(dataPanel(this.choices, this.config, this.view, act));
    this.training.replaceChildren(trainingPanel(this.choices, this.config, this.picture, act));
    const settings = effective(this.choices, this.config);
    this.rate.replaceChildren(...("lr" in settings
      ? [field("Learning rate", select([...new Set([...RATES, settings.lr])].sort((a, b) => a - b), settings.lr, (lr) => this.set((config) => ({ settings: { ...effective(this.choices, config), lr: Number(lr) } }))))] : []));
    const { hidden } = this.config;
    const kind = hidden.at(-1) ?? { neurons: 4, activation: "tanh", dropout: 0 };
    this.layersBar.replaceChildren(
      button("−", () => this.set((config) => ({ hidden: config.hidden.slice(0, -1) })), { "aria-label": "Remove a hidden layer", disabled: !hidden.length }),
      make("span", {}, `${hidden.length} hidden layer${hidden.length === 1 ? "" : "s"}`),
      button("+", () => this.set((config) => ({ hidden: [...config.hidden, { ...kind }] })), { "aria-label": "Add a hidden layer", disabled: hidden.length >= this.choices.limits.layers }));
    this.words.value = hidden.map((each) => `${each.neurons} ${each.activation}${each.dropout ? ` ${each.dropout}` : ""}`).join(", ");
    this.edgesToggle.replaceChildren(make("span", {}, "Lines:"), ...[[false, "weights"], [true, "gradients"]].map(([gradients, text]) =>
      button(text, () => this.#setView({ gradients }), { class: this.view.gradients === gradients ? "on" : "", "aria-pressed": String(this.view.gradients === gradients) })));
    if (path) [...this.element.querySelectorAll("button,input,select,textarea")].find((each) => labelOf(each) === path)?.focus({ preventScroll: true });
    this.#brushForm();
  }

  #brushForm() {
    const kind = this.picture?.kind ?? "binary";
    const shown = { binary: [[1, "blue", "●"], [0, "orange", "■"]], three: [[0, "orange", "■"], [1, "blue", "●"], [2, "green", "▲"]], plane: [[1, "high", "●"], [-1, "low", "●"]], curve: [[1, "points", "●"]] }[kind];
    if (this.view.brush !== "erase" && !shown.some(([each]) => each === this.view.brush)) this.view.brush = shown[0][0];
    const choose = (brush) => { this.view.brush = brush; this.#brushForm(); };
    this.brushes.replaceChildren(make("span", {}, "Draw:"),
      ...shown.map(([value, text, sign]) => button("", () => choose(value), { class: `brush b${kind === "plane" ? Number(value > 0) : kind === "curve" ? 0 : value}${this.view.brush === value ? " on" : ""}`, "aria-pressed": String(this.view.brush === value), title: `Click draws ${text}` })).map((each, i) => { each.append(make("i", {}, shown[i][2]), shown[i][1]); return each; }),
      button("erase", () => choose("erase"), { class: `brush${this.view.brush === "erase" ? " on" : ""}`, "aria-pressed": String(this.view.brush === "erase"), title: "Click removes points (also with Ctrl)" }));
  }

  // -- drawing ---------------------------------------------------------------------------------------

  #drawing() {
    return { picture: this.picture, colours: this.colours };
  }

  /** Show an answer: a picture, or a brief one, which says only what moves. */
  show(answer) {
    const brief = !answer.kind;
    this.picture = brief ? { ...this.picture, ...answer, arrays: { ...this.picture.arrays, ...answer.arrays } } : answer;
    if (!this.surface.stroke && !this.sending) this.own = null;
    if (brief) return this.#drawMoving(true);
    const { picture } = this;
    this.redraw();
    this.history.max = picture.arrays.curves.shape[1] - 1;
    if (!this.past) this.history.value = this.history.max;
    const now = performance.now();
    if (!this.playing || now > (this.nextDiagnosis ?? 0)) this.#diagnose(now);
  }

  /** Ask what hinders the network; while it trains, for a twelfth of the time at most. */
  async #diagnose(now) {
    this.nextDiagnosis = Infinity;
    const found = await this.ask("diagnose", {}, true);
    this.diagnosis.draw(found);
    if (this.warp.element.open) this.warp.refresh();
    const then = performance.now();
    this.nextDiagnosis = then + Math.max(700, 11 * (then - now));
  }

  /** Draw the maps and the surface: before any element changes, so that their sizes are at hand. */
  #drawMoving(brief = false) {
    const { picture, colours, view } = this;
    const shown = this.hovered ?? null;
    this.surface.draw(picture, colours, {
      discrete: view.discrete, test: view.test,
      neuron: shown ? rowOf(picture, shown.column, shown.i) : null,
      hint: this.config.data === "points" && !picture.arrays.train_targets.length && picture.kind === "binary",
    });
    this.diagram.draw(picture, colours, { choices: this.choices, config: this.config, gradients: view.gradients, discrete: view.discrete, picked: this.picked, brief });
    this.#status();
  }

  redraw() {
    const { picture, colours, view } = this;
    if (!picture) return;
    this.#drawMoving();
    const shown = this.hovered ?? null;
    const { curves } = picture.arrays;
    const count = curves.shape[1];
    const row = (i) => curves.subarray(i * count, (i + 1) * count);
    drawCurves(this.curves, [
      { x: row(0), y: row(3), colour: colours.negative, dash: [5, 3] },
      { x: row(0), y: row(2), colour: colours.positive },
    ], colours, { log: view.log, at: this.past === null ? null : row(0)[this.past] });
    this.#texts(picture, shown);
    const place = this.hovered ?? this.picked;
    if (place && !this.hoveredEdge) this.#inspect(place);
  }

  #status() {
    const { epoch, step } = this.picture;
    set(this.status, `Epoch ${grouped(epoch)} · step ${grouped(step)}`);
  }

  #texts(picture, shown) {
    set(this.stopped, picture.stopped);
    const percent = (x) => (x === null ? "–" : `${(100 * x).toFixed(1)} %`);
    const rows = [["train loss", short(picture.train_loss)], ["test loss", short(picture.test_loss)]];
    if (picture.kind === "binary" || picture.kind === "three") rows.push(["train accuracy", percent(picture.train_accuracy)], ["test accuracy", percent(picture.test_accuracy)]);
    const text = rows.flat().join();
    if (this.numbers.dataset.text !== text) {
      this.numbers.dataset.text = text;
      this.numbers.replaceChildren(...rows.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value))));
    }
    this.#confusionTable(picture);
    this.#legendOf(picture, shown);
  }

  #confusionTable(picture) {
    const key = JSON.stringify(picture.confusion);
    if (key === this.confusion.dataset.key) return;
    this.confusion.dataset.key = key;
    if (!picture.confusion) return this.confusion.replaceChildren();
    const names = picture.kind === "three" ? ["■ orange", "● blue", "▲ green"] : ["■ orange", "● blue"];
    const { of, counts } = picture.confusion;
    this.confusion.replaceChildren(make("table", {}, make("caption", {}, `Confusion matrix of the ${of} data`),
      make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "is \\ predicted"), names.map((name) => make("th", { scope: "col" }, name)))),
      make("tbody", {}, counts.map((row, i) => make("tr", {}, make("th", { scope: "row" }, names[i]), row.map((n, j) => make("td", { class: i === j ? "right" : n ? "wrong" : "" }, String(n))))))));
  }

  #legendOf(picture, shown) {
    const scale = shown && picture.arrays.scales ? picture.arrays.scales[rowOf(picture, shown.column, shown.i)] : 1;
    const key = [picture.kind, picture.loss, shown ? `${shown.column}.${shown.i}.${short(scale)}` : "", this.view.test].join();
    if (key === this.legend.dataset.key) return;
    this.legend.dataset.key = key;
    const mark = (which, text, test = "") => make("span", { class: `mark m${which} ${test}` }, make("i", {}, which === 0 ? "■" : which === 1 ? "●" : "▲"), text);
    const parts = [];
    if (picture.kind === "curve") parts.push(make("span", { class: "key out" }, make("i", {}), shown ? nameOf(picture, shown.column, shown.i) : "output"), make("span", { class: "key thin" }, make("i", {}), "last hidden layer"), make("span", { class: "mark m0" }, make("i", {}, "●"), "data"));
    else if (picture.kind === "three" && !shown) parts.push(mark(0, "orange"), mark(1, "blue"), mark(2, "green"), make("span", {}, "paler: less certain"));
    else {
      const [low, high] = shown ? [short(-scale), short(scale)]
        : picture.loss.startsWith("binary") ? ["0", "1"] : ["−1", "1"];
      parts.push(make("span", { class: "ramp" }, make("b", {}, low), make("span", { class: "gradient" }), make("b", {}, high)), make("small", {}, shown ? nameOf(picture, shown.column, shown.i) : picture.loss.startsWith("binary") ? "probability of blue" : "output"));
    }
    if (this.view.test) parts.push(make("span", {}, "dark outline: test data"));
    this.legend.replaceChildren(...parts);
  }

  // -- pointing at things ----------------------------------------------------------------------------

  #hover(place) {
    this.hovered = place;
    this.hoveredEdge = null;
    if (!place && !this.picked) this.inspector.hint();
    this.redraw();
  }

  #hoverEdge(edge) {
    this.hoveredEdge = edge;
    if (edge && !this.picked) this.inspector.edge(this.picture, edge);
    else if (!edge) this.#hover(null);
  }

  #pick(place, focus) {
    if (place.column === 0) return;
    this.picked = place;
    this.hoveredEdge = null;
    this.#inspect(place, focus ?? true);
    this.redraw();
  }

  #inspect(place, focus) {
    const { column, i } = place;
    if (column > this.picture.layers.length || (column > 0 && i >= this.picture.layers[column - 1])) { this.picked = null; return; }
    const picked = this.picked && this.picked.column === column && this.picked.i === i;
    if (this.picked && !picked && document.activeElement?.closest?.(".inspector")) return;
    this.inspector.neuron(this.picture, column, i, {
      activation: column === 0 ? "" : (this.config.hidden[column - 1]?.activation ?? "linear"),
      picked, focus, state: column === 0 ? "" : this.picture.states[column - 1][i],
    });
  }

  #probe(x, y) {
    this.probeAt = [x, y];
    if (this.probing || this.playing) return;
    this.probing = true;
    this.ask("probe", { x, y }, true).then((found) => {
      this.probing = false;
      if (!found) return;
      const { kind, loss } = this.picture;
      const [first] = found.prediction;
      const said = kind === "three" ? found.prediction.map((p, i) => `${["orange", "blue", "green"][i]} ${short(p)}`).join(", ")
        : loss.startsWith("binary") ? `probability of blue ${short(first)}` : `output ${short(first)}`;
      this.probe.textContent = kind === "curve" ? `x ${short(x)}: ${said}` : `x ${short(x)}, y ${short(y)}: ${said}`;
    });
  }

  // -- training ----------------------------------------------------------------------------------------

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  pause() {
    this.playing = false;
    this.#playLook();
  }

  #playLook() {
    this.playButton.replaceChildren(icon(this.playing ? "pause" : "play"), make("span", {}, this.playing ? "Pause" : "Play"));
    this.playButton.setAttribute("aria-label", this.playing ? "Pause" : "Play");
  }

  async play() {
    if (this.playing) return;
    this.playing = true;
    this.#playLook();
    await this.#present();
    const pace = new Pace(this.engine.kind === "worker");
    const amount = () => ({ step: { steps: 1 }, epoch: { epochs: 1, budget_ms: 60 }, fast: { budget_ms: pace.budget } })[this.view.speed];
    let next = this.ask("train", this.view.speed === "step" ? { steps: 1 } : { epochs: 1 });
    let pictures = 0;
    let whole = performance.now();
    while (this.playing) {
      const picture = await next;
      if (!picture || !this.element.isConnected) break;
      const points = (picture.arrays.train_targets ?? this.picture.arrays.train_targets).length;
      if (picture.stopped || !points) {
        this.show(picture);
        if (!points) this.complain({ message: "There are no points to train with. Draw some on the right." });
        break;
      }
      if (this.app.visible === false) this.playing = false; // another tab is shown
      const brief = performance.now() < whole + TEXTS_MS;
      if (!brief) whole = performance.now();
      if (this.playing) next = this.ask("train", { ...amount(), brief }); // trained while this one is drawn
      this.show(picture);
      this.pictures = ++pictures;
      await new Promise(requestAnimationFrame);
      pace.drawn();
    }
    const last = await next;
    if (last && !last.kind) this.show((await this.ask("train", { steps: 0 })) ?? last);
    this.pause();
    if (this.picture) {
      this.#diagnose(performance.now());
      this.app.announce?.(`Epoch ${this.picture.epoch}, train loss ${short(this.picture.train_loss)}. ${this.picture.stopped}`);
    }
  }

  async run(amount) {
    this.pause();
    await this.#present();
    const picture = await this.ask("train", amount);
    this.#showAnswer(picture);
    if (picture) this.app.announce?.(`Epoch ${picture.epoch}, step ${picture.step}, train loss ${short(picture.train_loss)}`);
  }

  async reset() {
    this.past = null;
    this.#historyForm();
    this.#showAnswer(await this.ask("reset"));
  }

  #showAnswer(picture) {
    if (!picture) return;
    this.error.hidden = true;
    this.show(picture);
  }

  /** Change the configuration, by changes or a function of it that returns them; what is refused changes nothing. */
  async set(changes) {
    const before = this.config;
    this.config = { ...this.config, ...(typeof changes === "function" ? changes(this.config) : changes) };
    const answer = await this.ask("configure", { config: this.config });
    if (!answer) this.config = before;
    else {
      this.error.hidden = true;
      if (answer.anew) { this.past = null; this.picked = null; this.inspector.hint(); }
      this.picture = answer;
    }
    this.#forms();
    if (answer) this.show(answer);
    this.#historyForm();
    this.#remember();
  }

  async preset(preset) {
    this.pause();
    Object.assign(this.view, { gradients: false }, preset.show);
    this.presetText.textContent = preset.text;
    this.presetText.hidden = false;
    await this.set({ ...structuredClone(this.defaults), ...structuredClone(preset.config) });
    if (preset.play) this.play();
  }

  #setView(changes) {
    Object.assign(this.view, changes);
    this.#forms();
    this.redraw();
    this.#remember();
  }

  /** Keep what differs from the defaults in the address. */
  #remember() {
    const config = Object.fromEntries(Object.entries(this.config).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(this.defaults[name])));
    if (config.points?.length > 200) delete config.points;
    const { gradients, discrete, test, log, speed } = this.view;
    this.app.state?.set?.("training", { config, view: { gradients, discrete, test, log, speed } });
  }

  // -- points --------------------------------------------------------------------------------------------

  #addPoint(x, y, erase, other) {
    const { picture } = this;
    if (!picture) return;
    this.own ??= rowsOf(picture);
    erase ||= this.view.brush === "erase";
    if (erase) {
      const curve = picture.kind === "curve";
      const height = curve ? (y / 6) * 1.5 : y;
      const far = ([px, py, t]) => Math.hypot(px - x, curve ? (t - height) * 4 : py - y);
      const nearest = this.own.reduce((best, each, i) => (far(each) < far(this.own[best] ?? [99, 99, 99]) ? i : best), 0);
      if (this.own.length && far(this.own[nearest]) < 0.6) this.own.splice(nearest, 1);
    } else {
      const { brush } = this.view;
      const flip = { binary: (b) => 1 - b, three: (b) => (b + 1) % 3, plane: (b) => -b, curve: (b) => b }[picture.kind];
      const value = other ? flip(brush) : brush;
      const round = (z) => Math.round(z * 100) / 100;
      this.own.push(picture.kind === "curve" ? [round(x), 0, round((y / 6) * 1.5)] : [round(x), round(y), value]);
      if (this.own.length > this.choices.limits.points) this.own.shift();
    }
    this.#preview();
  }

  /** Show the points at once; the engine has them when the stroke ends. */
  #preview() {
    const flat = (of) => Object.assign(new Float64Array(of.flat()), { shape: [of.length, 2] });
    this.picture = { ...this.picture, arrays: { ...this.picture.arrays, train: flat(this.own.map(([x, y]) => [x, y])), train_targets: new Float64Array(this.own.map(([, , t]) => t)), test: flat([]), test_targets: new Float64Array() } };
    this.redraw();
  }

  async #sendPoints() {
    const points = this.own;
    if (!points) return;
    this.sending += 1; // an answer to the stroke before does not hold what was drawn since
    try {
      await this.set({ data: "points", kind: this.picture.kind, points });
    } finally {
      this.sending -= 1;
    }
    if (!this.surface.stroke && !this.sending) this.own = null;
  }

  async #paste(text) {
    if (text.trim().startsWith("{")) return this.#load(text);
    const found = await this.ask("table", { text });
    if (!found) return;
    const features = found.kind === "curve" ? ["x"] : this.config.features.includes("y") ? this.config.features : ["x", "y"];
    await this.set({ data: "points", kind: found.kind, points: found.points, features });
    this.presetText.textContent = `${found.points.length} points. ${found.note}`;
    this.presetText.hidden = false;
  }

  // -- history ---------------------------------------------------------------------------------------------

  async #lookBack() {
    this.pause();
    this.past = Number(this.history.value);
    if (this.looking) return;
    this.looking = true;
    while (this.past !== null) {
      const entry = this.past;
      const picture = await this.ask("look_back", { entry });
      if (picture) { this.picture = picture; this.redraw(); }
      if (entry === this.past) break;
    }
    this.looking = false;
    this.#historyForm();
  }

  #historyForm() {
    if (this.past === null) return this.historyText.replaceChildren();
    this.historyText.replaceChildren(make("span", {}, `As it was at step ${this.picture.step}.`),
      button("Back to now", () => this.#present()),
      button("Go on from here", async () => { const entry = this.past; this.past = null; this.#historyForm(); this.#showAnswer(await this.ask("go_back", { entry })); }));
  }

  /** Show the present again, if the past is shown. */
  async #present() {
    if (this.past === null) return;
    this.past = null;
    this.#historyForm();
    this.#showAnswer(await this.ask("train", { steps: 0 }));
  }

  // -- saving --------------------------------------------------------------------------------------------

  #svg() {
    return asSvg({ diagram: this.diagram, surface: this.surface.canvas, curves: this.curves, picture: this.picture, colours: this.colours, title: "chainrule playground" });
  }

  #save(name, mime, data) {
    if (this.app.download) return this.app.download(name, mime, data);
    const link = make("a", { href: URL.createObjectURL(new Blob([data], { type: mime })), download: name });
    link.click();
  }

  #saveSvg() {
    this.#save("playground.svg", "image/svg+xml", svgText(this.#svg()));
  }

  async #savePng() {
    const blob = await asPng(this.#svg());
    this.#save("playground.png", "image/png", new Uint8Array(await blob.arrayBuffer()));
  }

  async #saveText(form) {
    const found = await this.ask("export", { form });
    if (found) this.#save(found.name, form === "json" ? "application/json" : "text/x-python", found.text);
  }

  async #open(input) {
    if (input.files[0]) await this.#load(await input.files[0].text());
    input.value = "";
  }

  async #load(text) {
    this.pause();
    const found = await this.ask("load", { text });
    if (!found) return;
    this.config = { ...structuredClone(this.defaults), ...found.config };
    this.picture = found;
    this.#forms();
    this.#showAnswer(found);
    this.#remember();
  }
}

/** The samples of a picture as rows x, y, target. */
function rowsOf(picture) {
  const { train, train_targets: t, test, test_targets: u } = picture.arrays;
  const rows = (places, targets) => Array.from(targets, (target, i) => [places[2 * i], places[2 * i + 1], target]);
  return [...rows(train, t), ...rows(test, u)];
}

/** An integer in groups of three digits; faster than toLocaleString. */
const grouped = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ",");

function set(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function labelOf(element) {
  return `${element.tagName} ${element.getAttribute("aria-label") ?? element.closest("label")?.firstChild?.textContent ?? element.textContent}`;
}

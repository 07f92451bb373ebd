// The Playground tab: asks the engine for pictures, draws them, and turns what a person does into operations.

import { palette } from "./colours.js";
import { drawCurves } from "./curves.js";
import { make } from "./dom.js";
import { rowOf } from "./inspector.js";
import { build, forms } from "./page.js";
import { Playing } from "./playing.js";
import { Pointing } from "./pointing.js";

export async function mount(element, engine, app) {
  const page = new Playground(element, engine, app);
  await page.begin();
  return page;
}

class Playground {
  constructor(element, engine, app) {
    Object.assign(this, { element, engine, app });
    this.queue = Promise.resolve();
    this.playing = new Playing(this);
    this.pointing = new Pointing(this);
    this.picture = null;
    this.accepted = null; // the configuration that the engine has
    this.changes = []; // of it, which are asked for and not answered yet
    this.config = null; // with these changes: what the forms show
    this.view = { gradients: false, discrete: false, test: false, log: false, speed: "epoch" };
  }

  // -- talking to the engine ----------------------------------------------------------------------

  /** Ask for an operation, one after the other; null where the answer is an error, which is shown. */
  ask(op, args = {}, quiet = false) {
    return this.#inTurn(() => this.#call(op, args), quiet);
  }

  /** Do what asks the engine when all that was asked before is answered and done. */
  #inTurn(task, quiet = false) {
    const done = this.queue.then(task).catch((error) => {
      if (!quiet) this.complain(error);
      return null;
    });
    this.queue = done;
    return done;
  }

  async #call(op, args) {
    const found = await this.engine.call(op, args);
    if (found.error) throw Object.assign(new Error(found.error.message), found.error);
    for (const [name, array] of Object.entries(found.arrays ?? {}))
      if (!ArrayBuffer.isView(array)) found.arrays[name] = Object.assign(array.data, { shape: array.shape });
    return found;
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
    const saved = this.app.state?.get?.() ?? {};
    this.#accept({ ...structuredClone(this.defaults), ...(saved.config ?? {}) });
    Object.assign(this.view, saved.view ?? {});
    this.picture = (await this.ask("configure", { config: this.config })) ?? (await this.#fallBack());
    build(this);
    if (this.picture) this.show(this.picture);
  }

  async #fallBack() {
    this.#accept(structuredClone(this.defaults));
    return this.ask("configure", { config: this.config });
  }

  /** The shell shows this tab again. */
  shown() {
    if (this.colours) this.recolour();
  }

  recolour() {
    this.colours = palette(this.element.firstElementChild);
    this.redraw();
  }

  // -- drawing ---------------------------------------------------------------------------------------

  drawing() {
    return { picture: this.picture, colours: this.colours };
  }

  /** What is drawn, for pictures of it. */
  drawn() {
    return { diagram: this.diagram, surface: this.surface.canvas, curves: this.curves, picture: this.picture, colours: this.colours };
  }

  /** Show an answer: a picture, or a brief one, which says only what moves, if it is of the network that is shown. */
  show(answer) {
    if (!this.#fits(answer.layers ?? this.picture.layers)) return;
    const brief = !answer.kind;
    const drawn = ({ arrays: { maps, lines } }) => String((maps ?? lines).shape);
    if (brief && drawn(answer) !== drawn(this.picture)) return;
    this.picture = brief ? { ...this.picture, ...answer, arrays: { ...this.picture.arrays, ...answer.arrays } } : answer;
    this.points.forget();
    if (brief) return this.#drawMoving(true);
    const { picture } = this;
    this.redraw();
    this.past.grown(picture.arrays.curves.shape[1]);
    const now = performance.now();
    if (!this.playing.on || now > (this.nextDiagnosis ?? 0)) this.diagnose(now);
  }

  /** Whether layers are those of the configuration: until a change of it is answered, the picture is of the one before. */
  #fits(layers) {
    const { hidden } = this.config;
    return layers.length === hidden.length + 1 && hidden.every(({ neurons }, i) => neurons === layers[i]);
  }

  /** Ask what hinders the network, and keep it, should the worker die; while it trains, for a twelfth of the time. */
  async diagnose(now) {
    this.nextDiagnosis = Infinity;
    const found = await this.ask("diagnose", {}, true);
    if (this.past.entry === null) this.diagnosis.draw(found);
    if (this.engine.kind === "worker") this.kept = (await this.ask("export", { form: "json" }, true))?.text;
    if (this.warp.element.open) this.warp.refresh();
    const then = performance.now();
    this.nextDiagnosis = then + Math.max(700, 11 * (then - now));
  }

  /** Draw the maps and the surface: before any element changes, so that their sizes are at hand. */
  #drawMoving(brief = false) {
    const { picture, colours, view } = this;
    const shown = this.pointing.hovered;
    this.surface.draw(picture, colours, {
      discrete: view.discrete, test: view.test,
      neuron: shown ? rowOf(picture, shown.column, shown.i) : null,
      hint: this.config.data === "points" && !picture.arrays.train_targets.length && picture.kind === "binary",
    });
    this.diagram.draw(picture, colours, { choices: this.choices, config: this.config, gradients: view.gradients, discrete: view.discrete, picked: this.pointing.picked, brief });
    this.readout.count(picture);
  }

  redraw() {
    const { picture, colours, view } = this;
    if (!picture || !this.#fits(picture.layers)) return;
    this.#drawMoving();
    const { curves } = picture.arrays;
    const count = curves.shape[1];
    const row = (i) => curves.subarray(i * count, (i + 1) * count);
    drawCurves(this.curves, [
      { x: row(0), y: row(3), colour: colours.negative, dash: [5, 3] },
      { x: row(0), y: row(2), colour: colours.positive },
    ], colours, { log: view.log, at: this.past.entry === null ? null : row(0)[this.past.entry] });
    this.readout.draw(picture, this.pointing.hovered, view.test);
    this.pointing.again();
  }

  /** Show the answer to what a person did; what was complained of is over. */
  answered(picture) {
    if (!picture) return;
    this.error.hidden = true;
    this.show(picture);
  }

  /** Change the configuration, by changes or a function of it that returns them; what is refused changes nothing. */
  async set(changes) {
    this.playing.leave(); // after a change an epoch begins again
    this.changes.push(changes);
    this.#accept(this.accepted);
    const answer = await this.#inTurn(async () => {
      const config = changed(this.accepted, changes);
      try {
        const answer = await this.#call("configure", { config });
        this.accepted = config;
        return answer;
      } finally {
        this.changes.shift();
        this.#accept(this.accepted);
      }
    });
    if (answer) {
      this.error.hidden = true;
      if (answer.anew) { this.past.entry = null; this.pointing.leave(); }
      this.picture = answer;
    }
    forms(this);
    if (answer) this.show(answer);
    else this.redraw();
    this.past.form();
    this.#remember();
  }

  /** The engine has this configuration; what is still asked for changes it. */
  #accept(config) {
    this.accepted = config;
    this.config = this.changes.reduce(changed, config);
  }

  async preset(preset) {
    this.playing.pause();
    Object.assign(this.view, { gradients: false }, preset.show);
    this.presetText.textContent = preset.text;
    this.presetText.hidden = false;
    await this.set({ ...structuredClone(this.defaults), ...structuredClone(preset.config) });
    if (preset.play) this.playing.play();
  }

  setView(changes) {
    Object.assign(this.view, changes);
    forms(this);
    this.redraw();
    this.#remember();
  }

  /** Keep what differs from the defaults in the address. */
  #remember() {
    const config = Object.fromEntries(Object.entries(this.accepted).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(this.defaults[name])));
    if (config.points?.length > 200) delete config.points;
    const { gradients, discrete, test, log, speed } = this.view;
    this.app.state?.set?.({ config, view: { gradients, discrete, test, log, speed } });
  }

  // -- points --------------------------------------------------------------------------------------------

  async paste(text) {
    if (text.trim().startsWith("{")) return this.load(text);
    const found = await this.ask("table", { text });
    if (!found) return;
    const features = found.kind === "curve" ? ["x"] : this.config.features.includes("y") ? this.config.features : ["x", "y"];
    await this.set({ data: "points", kind: found.kind, points: found.points, features });
    this.presetText.textContent = `${found.points.length} points. ${found.note}`;
    this.presetText.hidden = false;
  }

  /** The worker has died, and another one knows nothing of the training: it goes on with the weights that were kept. */
  async restored() {
    if (!this.kept) return this.set({});
    await this.load(this.kept);
    this.presetText.textContent = "The engine was started again. The weights are as they were; steps count from 0.";
    this.presetText.hidden = false;
  }

  /** Take a training that was saved as JSON. */
  async load(text) {
    this.playing.pause();
    const found = await this.#inTurn(async () => {
      const found = await this.#call("load", { text });
      this.#accept({ ...structuredClone(this.defaults), ...found.config });
      return found;
    });
    if (!found) return;
    this.picture = found;
    forms(this);
    this.answered(found);
    this.#remember();
  }
}

/** A configuration with changes of it, or with what a function of it returns. */
function changed(config, changes) {
  return { ...config, ...(typeof changes === "function" ? changes(config) : changes) };
}

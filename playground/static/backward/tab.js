// The Backward pass tab: a text becomes a graph; its sweep is stepped through, its leaves dragged, its nodes asked.

import { button, h, icon } from "./dom.js";
import { shortName } from "./graph.js";
import { addKeys, build } from "./page.js";
import { prepare } from "../layout.js";
import { table } from "./table.js";

const LONGEST_ADDRESS = 3000;
const LIFTED_AT_ONCE = 600, LIFTED = 3000; // nodes of a graph whose lifted program is shown, without or with being asked

export async function mount(element, engine, app) {
  const tab = new Tab(element, engine, app);
  await tab.start();
  return { shown: () => tab.graph.shape && !tab.graph.moved && tab.graph.fit() };
}

class Tab {
  constructor(element, engine, app) {
    Object.assign(this, { element, engine, app });
    this.text = app.shortText;
    build(this);
    addKeys(this);
  }

  async call(op, args) {
    const answer = await this.engine.call(op, args);
    if (answer.error) this.app.error(answer.error);
    return answer;
  }

  async start() {
    const asked = this.call("backward_start", {});
    prepare().catch(() => {}); // what is wrong is said when a graph is laid out
    const about = await asked;
    if (about.error) return;
    this.examples = about.examples;
    this.python = about.python;
    this.given = about.given;
    this._menu();
    const kept = this.app.state.get();
    if (about.handed) await this._take(await this.call("backward_given", {}));
    else if (kept?.text) {
      this.editor.text = kept.text;
      this.language.value = kept.language ?? "formula";
      this.example = kept.example ?? null;
      await this.open({ values: kept.values });
    } else if (about.given) {
      this.menu.value = "given";
      this._choose("given");
    } else this._empty(true);
  }

  // ---- the page ------------------------------------------------------------------------------------------

  _menu() {
    const groups = (language) => this.examples.filter((each) => each.language === language).map((each) => h("option", { value: each.name }, each.title));
    this.menu.replaceChildren(h("option", { value: "" }, "Examples…"), this.given ? h("option", { value: "given" }, this.given.name) : "", h("optgroup", { label: "Formulas" }, groups("formula")), h("optgroup", { label: "Programs" }, groups("python")));
  }

  /** The first thing one sees: what this is, and ways in. */
  _empty(on) {
    this.emptyBox.hidden = !on;
    this.page.classList.toggle("is-empty", on);
    if (!on) return;
    const cards = this.examples.map((each) => h("button", { type: "button", class: "card", onclick: () => { this.menu.value = each.name; this._choose(each.name); } }, h("b", {}, each.title), h("span", {}, each.note)));
    this.emptyBox.replaceChildren(h("h2", {}, "See every gradient come about"), h("p", {}, "Type a formula, or start from one of these. Then step through the backward pass, forwards and backwards."), h("div", { class: "cards" }, cards));
    this.editor.text ||= "";
    this.editor.area.placeholder = "tanh(w*x + b)";
  }

  // ---- opening -------------------------------------------------------------------------------------------

  _choose(name) {
    const example = name === "given" ? { text: this.given.text, language: "python", note: "" } : this.examples.find((each) => each.name === name);
    if (!example) return;
    this.example = name === "given" ? null : name;
    this.editor.text = example.text.trimEnd();
    this.language.value = example.language;
    this.open({ example: this.example, note: example.note });
  }

  _edited() {
    clearTimeout(this.typing);
    this.example = null;
    this.menu.value = "";
    if (this.language.value === "formula") this.typing = setTimeout(() => this.open({ quiet: true }), 500);
  }

  async open({ example = this.example, note = "", values = null, quiet = false }) {
    clearTimeout(this.typing);
    this.player.running && this.player.stop();
    this.quiz.stop();
    const text = this.editor.text;
    if (!text.trim()) return;
    const asked = (this.asked = {});
    this.page.setAttribute("aria-busy", "true");
    const late = setTimeout(() => (this.stopButton.hidden = !this.engine.stop), 1000);
    const answer = await this.engine.call("backward_open", { text, language: this.language.value, example: example ?? null, values, first: true });
    clearTimeout(late);
    this.stopButton.hidden = true;
    if (asked !== this.asked) return;
    this.page.removeAttribute("aria-busy");
    this.error.hidden = !answer.error;
    if (answer.error) {
      this.error.replaceChildren(answer.error.line ? `Line ${answer.error.line}: ` : "", answer.error.message, answer.error.hint ? h("small", {}, answer.error.hint) : "");
      if (answer.error.line) this.editor.point(answer.error.line, true);
      return;
    }
    this.note.textContent = note;
    this.note.hidden = !note;
    await this._take(answer);
    this._remember(values);
    if (!answer.arrays.edges) this.app.announce(`${answer.nodes} nodes, drawn as ${this.shape.boxes.length} boxes. The backward pass is running.`);
    else if (!quiet) this._ready();
    if (!answer.arrays.edges) await this._sweep(asked);
  }

  _ready() {
    this.app.announce(`${this.nodes} nodes, ${this.player.count} steps. Arrow keys step.`);
  }

  /** Ask for the steps of a large graph, which was drawn before they were found. */
  async _sweep(asked) {
    const answer = await this.call("backward_numbers", {});
    if (answer.error || asked !== this.asked) return;
    this._arrays(answer.arrays, false);
    this.graph.locals((head, slot) => this.player.localOf(head, slot));
    this.player.onchange(null);
    this._ready();
  }

  _remember(values = null) {
    if (this.editor.text.length < LONGEST_ADDRESS) this.app.state.set({ text: this.editor.text, language: this.language.value, example: this.example ?? undefined, values: values ?? undefined });
  }

  async _take(answer) {
    if (answer.error) return;
    this._empty(false);
    Object.assign(this, { names: answer.names, lines: answer.arrays.lines, root: answer.root, nodes: answer.nodes });
    if (answer.language === "given") this.editor.text = "# the loss that the notebook handed on";
    this.printed.textContent = answer.printed;
    this.printed.hidden = !answer.printed;
    this.editor.point(0);
    this.arithmetic.formulas.clear();
    this._arrays(answer.arrays, false);
    this.leafPanel.hidden = !answer.leaves.length;
    this.leaves.show(answer.leaves, answer.more_leaves, this.data);
    this.inspector.empty();
    await this._show(answer);
    this.player.onchange(null);
    this.warnings.ask();
    this.statementPanel.hidden = true;
    if (this.nodes <= LIFTED_AT_ONCE) this.statements.load().then((any) => (this.statementPanel.hidden = !any));
    else if (this.nodes <= LIFTED) this.statementPanel.hidden = !this.statements.offer();
  }

  _arrays(arrays, keep) {
    this.data = arrays.data;
    this.gradients = arrays.grad;
    this.player.load(arrays, this.root, { keep, end: keep });
    this.track.max = this.player.count;
  }

  async _show({ view, arrays }) {
    const shape = (this.shape = { ...view, box_of: arrays.box_of });
    const at = this.player.at;
    this._levels(shape);
    this.notes.textContent = shape.boxes.some((box) => box.kind !== "node") ? `${shape.boxes.length} boxes for ${this.nodes.toLocaleString("en")} nodes. A folded box opens when you click it or zoom into it.` : "";
    try {
      if (!(await this.graph.show(shape, this.names))) return;
      this.graph.start(shape.box_of[this.root]);
    } catch (error) {
      this.app.toast(`The graph could not be laid out: ${error.message}`, "The table shows the same.");
      if (this.tableBox.hidden) this._table();
      return;
    }
    this.graph.locals((head, slot) => this.player.localOf(head, slot));
    this._numbers();
    this.graph.mark(at ? this.player.current : null);
    if (this.inspector.node !== null) this.graph.select(this.inspector.node);
    if (this.thick) this.graph.paths(this.thick);
  }

  _levels(shape) {
    const names = [...shape.levels, "arithmetic", "line"];
    const titles = { loss: "One box for everything", layers: "A box for each layer", neurons: "A box for each neuron", scalars: "Every node", arithmetic: "The arithmetic of one derivative", line: "The line of the program" };
    this.levels.replaceChildren(...names.map((name) => button(titles[name], () => this._level(name), { text: name, "aria-pressed": String(name === shape.level) })));
    const crumb = (text, up) => button(`Back to ${text}`, async () => this._view({ up }), { text, class: "link" });
    this.crumbs.replaceChildren(...(shape.crumbs.length || shape.opened.length ? [crumb("fold all", 0), ...shape.crumbs.map((title, i) => [icon("open"), crumb(shortName(title), i + 1)]).flat(), ...(shape.crumbs.length ? [] : shape.opened.map((title) => h("span", { class: "opened" }, shortName(title))))] : []));
  }

  async _level(name) {
    if (name === "arithmetic" || name === "line") {
      const node = this.inspector.node ?? this.player.current?.head ?? this.root;
      await this.choose(node);
      if (name === "arithmetic") this.inspector.element.closest(".panel").scrollIntoView({ block: "nearest", behavior: this.app.reducedMotion() ? "auto" : "smooth" });
      else this._line(this.lines[node] || this.lines[this.player.current?.head ?? this.root]);
      return;
    }
    await this._view({ level: name });
  }

  async _view(args) {
    const answer = await this.call("backward_view", args);
    if (!answer.error) await this._show(answer);
  }

  /** Open a box, or for -1 fold what was opened last. While a wheel turns, once in a third of a second. */
  _open(box, byWheel = false) {
    if (byWheel) {
      if (performance.now() - (this.turned ?? -1000) < 350) return;
      this.turned = performance.now();
    }
    if (box >= 0) return this._view({ box });
    if (this.shape.crumbs.length) return this._view({ up: this.shape.crumbs.length - 1 });
    const at = this.shape.levels.indexOf(this.shape.level);
    if (this.shape.opened.length) return this._view({ up: 0 });
    if (at > 0) return this._view({ level: this.shape.levels[at - 1] });
  }

  // ---- stepping ------------------------------------------------------------------------------------------

  _stepped(changed) {
    const { player } = this;
    if (!this.data) return;
    this._numbers(changed);
    const step = player.current;
    if (!this.quiz.open) this.graph.shape && this.graph.mark(step);
    this.track.value = player.at;
    this.place.textContent = `${player.at.toLocaleString("en")} / ${player.count.toLocaleString("en")}`;
    for (const name of ["start", "back"]) this.buttons[name].disabled = player.at === 0;
    for (const name of ["forward", "end"]) this.buttons[name].disabled = player.at === player.count;
    const on = player.running;
    for (const [name, direction] of [["run", 1], ["runBack", -1]]) {
      const its = on && player.direction === direction;
      if (this.buttons[name].dataset.on !== String(its)) {
        this.buttons[name].replaceChildren(icon(its ? "pause" : name));
        this.buttons[name].dataset.on = String(its);
      }
    }
    this.arithmetic.show(step);
  }

  _numbers(changed = null) {
    const { now, reached } = this.player;
    const hidden = this.quiz.hidden;
    if (this.graph.shape && this.graph.boxes.length) {
      this.graph.numbers({ data: this.data, now, reached, hidden }, changed);
      if (hidden) this.graph.mark(null);
    }
    this.leaves.gradients(now, reached, hidden);
    if (!this.tableBox.hidden) this._tabulate();
  }

  // ---- leaves --------------------------------------------------------------------------------------------

  /** Set leaves; one question at a time, the newest numbers win. */
  async _set(values) {
    this.pending = { ...this.pending, ...values };
    if (this.setting) return;
    this.setting = true;
    try {
      while (this.pending) {
        const asked = this.pending;
        this.pending = null;
        const answer = await this.call("backward_set", { values: asked });
        if (answer.error) break;
        this._arrays(answer.arrays, true);
        this.graph.locals((head, slot) => this.player.localOf(head, slot));
        this.player.onchange(null);
      }
    } finally {
      this.setting = false;
    }
    this.warnings.ask();
    if (this.inspector.node !== null) this.inspector.show(this.inspector.node);
  }

  _resetLeaves() {
    this._set(this.leaves.reset());
  }

  // ---- asking --------------------------------------------------------------------------------------------

  async choose(node) {
    if (this.shape.box_of[node] < 0 || this.shape.boxes[this.shape.box_of[node]].kind !== "node") {
      await this._view({ node });
    }
    this.graph.select(node);
    await this.inspector.show(node);
    if (this.lines[node]) this.editor.point(this.lines[node]);
  }

  _paths(paths) {
    this.thick = paths;
    this.graph.paths(paths);
  }

  _cells(nodes) {
    this.graph.paths([]);
    const set = new Set(nodes.map((node) => this.shape.box_of[node]));
    for (const box of this.graph.boxes) box.g.classList.toggle("onpath", set.has(box.k));
  }

  _line(line) {
    if (!line) return this.app.toast("This node has no line of its own.", "It came in with the data or the model.", "good");
    this.editor.point(line);
    this.editor.area.scrollIntoView({ block: "nearest", behavior: this.app.reducedMotion() ? "auto" : "smooth" });
    this.app.announce(`Line ${line}: ${this.editor.text.split("\n")[line - 1] ?? ""}`);
  }

  // ---- quiz and table ------------------------------------------------------------------------------------

  _quiz() {
    if (!this.data) return;
    if (this.quiz.open) return this.quiz.stop();
    this.player.go(this.player.count);
    const nodes = [];
    for (let i = this.nodes - 1; i >= 0; i--) {
      const box = this.shape.boxes[this.shape.box_of[i]];
      if (i !== this.root && box?.kind === "node" && this.player.reached[i] && !/^[\d.e+-]+$/.test(this.names[i])) nodes.push(i);
    }
    if (!nodes.length) return this.app.toast("There is no gradient to ask for in this view.", "Open a folded box first.");
    this.quiz.start(nodes, this.names, this.root);
    this._stepped(null);
  }

  _table() {
    const on = this.tableBox.hidden;
    this.tableBox.hidden = !on;
    this.board.classList.toggle("as-table", on);
    this.tableButton.setAttribute("aria-pressed", String(on));
    if (on) this._tabulate();
    else this.graph.fit();
  }

  _tabulate() {
    if (!this.data) return;
    table(this.tableBox, { shape: this.shape, names: this.names, data: this.data, now: this.player.now, reached: this.player.reached, lines: this.lines, hidden: this.quiz.hidden, text: this.text, onchoose: (node) => this.choose(node), onopen: (box) => this._open(box) });
  }
}

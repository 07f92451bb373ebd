// The Backward pass tab: a text becomes a graph; its sweep is stepped through, its leaves dragged, its nodes asked.

import { icon } from "./dom.js";
import { Levels } from "./levels.js";
import { Opening } from "./opening.js";
import { addKeys, build } from "./page.js";
import { table } from "./table.js";

const LIFTED_AT_ONCE = 600, LIFTED = 3000; // nodes of a graph whose lifted program is shown, without or with being asked

export async function mount(element, engine, app) {
  const tab = new Tab(element, engine, app);
  await tab.start();
  return { back: () => tab.back(), shown: () => tab.graph.shape && !tab.graph.moved && tab.graph.fit() };
}

class Tab {
  constructor(element, engine, app) {
    Object.assign(this, { element, engine, app });
    this.text = app.shortText;
    this.opening = new Opening(this);
    this.levelling = new Levels(this);
    build(this);
    addKeys(this);
  }

  async call(op, args) {
    const answer = await this.engine.call(op, args);
    if (answer.error) this.app.error(answer.error);
    return answer;
  }

  async start() {
    const about = await this.call("backward_start", {});
    if (about.error) return;
    this.opening.examples = about.examples;
    this.opening.given = about.given;
    this.opening.fill();
    const kept = this.app.state.get();
    if (about.handed) await this._take(await this.call("backward_given", {}));
    else if (kept?.text) await this._again(kept);
    else if (about.given) {
      this.menu.value = "given";
      this.opening.choose("given", false);
    } else this.opening.empty(true);
  }

  /** Open a text that the address keeps. */
  _again({ text, language = "formula", example = null, values }) {
    this.editor.text = text;
    this.language.value = language;
    this.opening.example = example;
    this.menu.value = example ?? "";
    return this.opening.open({ values, note: this.opening.examples.find((each) => each.name === example)?.note });
  }

  /** The browser went to another step of its history. */
  back() {
    const kept = this.app.state.get();
    if (kept?.text && kept.text !== this.editor.text) return this._again(kept);
    if (!kept?.text) {
      this.editor.text = this.menu.value = "";
      this.opening.open({}); // of nothing: what was asked for before is drawn no more
      this.opening.empty(true);
    }
  }

  async _take(answer) {
    if (answer.error) return;
    this.opening.empty(false);
    this.pending = null;
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
    this.levelling.offer(shape);
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

  /** Set leaves; one question at a time, the newest numbers win. While a text is opened they wait: it may bring other leaves. */
  async _set(values) {
    this.pending = { ...this.pending, ...values };
    const opening = () => this.page.hasAttribute("aria-busy");
    if (this.setting || opening()) return;
    this.setting = true;
    try {
      while (this.pending && !opening()) {
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
    if (this.quiz.hidden?.has(node)) return this.inspector.empty("The quiz hides what is said of this node. Fill its gradient in, or show all.");
    if (this.shape.box_of[node] < 0 || this.shape.boxes[this.shape.box_of[node]].kind !== "node") {
      await this.levelling.view({ node });
    }
    this.graph.select(node);
    await this.inspector.show(node);
    if (this.lines[node]) this.editor.point(this.lines[node]);
  }

  _paths(paths) {
    this.thick = paths;
    this.graph.paths(paths);
  }

  async _cells(nodes) {
    const alone = (node) => this.shape.boxes[this.shape.box_of[node]]?.kind === "node";
    if (!nodes.every(alone) && this.shape.level !== "scalars") await this.levelling.view({ level: "scalars" });
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
    const nodes = [], reached = [];
    for (let i = 0; i < this.nodes; i++) if (i !== this.root && this.player.reached[i]) reached.push(i);
    for (let i = this.nodes - 1; i >= 0; i--) {
      const box = this.shape.boxes[this.shape.box_of[i]];
      if (i !== this.root && box?.kind === "node" && this.player.reached[i] && !/^[\d.e+-]+$/.test(this.names[i])) nodes.push(i);
    }
    if (!nodes.length) return this.app.toast("There is no gradient to ask for in this view.", "Open a folded box first.");
    this.inspector.empty();
    this._paths([]);
    this.quiz.start(nodes, reached, this.names, this.root);
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
    table(this.tableBox, { shape: this.shape, names: this.names, data: this.data, now: this.player.now, reached: this.player.reached, lines: this.lines, hidden: this.quiz.hidden, text: this.text, onchoose: (node) => this.choose(node), onopen: (box) => this.levelling.open(box) });
  }
}

// From a text, or an example of the menu, to a graph: what is asked of the engine, and what is said meanwhile.

import { prepare } from "../layout.js";
import { h } from "./dom.js";

const LONGEST_ADDRESS = 3000;

export class Opening {
  /** @param tab the tab: its editor, menus, engine and app, and take(answer), which shows a graph */
  constructor(tab) {
    this.tab = tab;
    this.examples = [];
    this.example = this.given = null;
    this.drawn = true; // whether the address keeps what was asked for, rather than what is being typed
  }

  /** The menu of examples. */
  fill() {
    const groups = (language) => this.examples.filter((each) => each.language === language).map((each) => h("option", { value: each.name }, each.title));
    this.tab.menu.replaceChildren(h("option", { value: "" }, "Examples…"), this.given ? h("option", { value: "given" }, this.given.name) : "", h("optgroup", { label: "Formulas" }, groups("formula")), h("optgroup", { label: "Programs" }, groups("python")));
  }

  /** The first thing one sees: what this is, and ways in. */
  empty(on) {
    this.tab.emptyBox.hidden = !on;
    this.tab.page.classList.toggle("is-empty", on);
    if (!on) return;
    const cards = this.examples.map((each) => h("button", { type: "button", class: "card", onclick: () => { this.tab.menu.value = each.name; this.choose(each.name); } }, h("b", {}, each.title), h("span", {}, each.note)));
    this.tab.emptyBox.replaceChildren(h("h2", {}, "See every gradient come about"), h("p", {}, "Type a formula, or start from one of these. Then step through the backward pass, forwards and backwards."), h("div", { class: "cards" }, cards));
    this.tab.editor.text ||= "";
    this.tab.editor.area.placeholder = "tanh(w*x + b)";
  }

  choose(name, step = true) {
    const example = name === "given" ? { text: this.given.text, language: "python", note: "" } : this.examples.find((each) => each.name === name);
    if (!example) return;
    this.example = name === "given" ? null : name;
    this.tab.editor.text = example.text.trimEnd();
    this.tab.language.value = example.language;
    this.open({ example: this.example, note: example.note, step });
  }

  edited() {
    clearTimeout(this.typing);
    this.example = null;
    this.tab.menu.value = "";
    if (this.tab.language.value === "formula") this.typing = setTimeout(() => this.open({ quiet: true, step: this.drawn }), 500);
  }

  async open({ example = this.example, note = "", values = null, quiet = false, step = false }) {
    clearTimeout(this.typing);
    this.tab.player.running && this.tab.player.stop();
    this.tab.quiz.stop();
    const text = this.tab.editor.text;
    if (!text.trim()) {
      this.asked = {};
      this.tab.page.removeAttribute("aria-busy");
      this.tab.error.hidden = true;
      return;
    }
    const asked = (this.asked = {});
    this.tab.page.setAttribute("aria-busy", "true");
    prepare().catch(() => {}); // what is wrong is said when the graph is laid out
    const late = setTimeout(() => (this.tab.stopButton.hidden = !this.tab.engine.stop), 1000);
    const answer = await this.tab.engine.call("backward_open", { text, language: this.tab.language.value, example: example ?? null, values, first: true });
    clearTimeout(late);
    this.tab.stopButton.hidden = true;
    if (asked !== this.asked) return;
    this.tab.page.removeAttribute("aria-busy");
    this.tab.error.hidden = !answer.error;
    if (answer.error) {
      this.tab.error.replaceChildren(answer.error.line ? `Line ${answer.error.line}: ` : "", answer.error.message, answer.error.hint ? h("small", {}, answer.error.hint) : "");
      if (answer.error.line) this.tab.editor.point(answer.error.line, true);
      if (this.tab.pending) this.tab._set({}); // of the graph that stays
      return;
    }
    this.tab.note.textContent = note;
    this.tab.note.hidden = !note;
    await this.tab._take(answer);
    if (asked !== this.asked) return;
    this.remember(text, values, step);
    this.drawn = !quiet;
    if (!answer.arrays.edges) this.tab.app.announce(`${answer.nodes} nodes, drawn as ${this.tab.shape.boxes.length} boxes. The backward pass is running.`);
    else if (!quiet) this.ready();
    if (!answer.arrays.edges) await this.sweep(asked);
  }

  ready() {
    this.tab.app.announce(`${this.tab.nodes} nodes, ${this.tab.player.count} steps. Arrow keys step.`);
  }

  /** Ask for the steps of a large graph, which was drawn before they were found. */
  async sweep(asked) {
    const answer = await this.tab.call("backward_numbers", {});
    if (answer.error || asked !== this.asked) return;
    this.tab._arrays(answer.arrays, false);
    this.tab.graph.locals((head, slot) => this.tab.player.localOf(head, slot));
    this.tab.player.onchange(null);
    this.ready();
  }

  /** Keep the text in the address; as a step of the browser's history where another text was asked for. */
  remember(text, values = null, step = false) {
    const other = this.tab.app.state.get()?.text !== text;
    if (text.length < LONGEST_ADDRESS) this.tab.app.state.set({ text, language: this.tab.language.value, example: this.example ?? undefined, values: values ?? undefined }, step && other);
  }
}

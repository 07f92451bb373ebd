// The line of arithmetic: what a step adds to which gradient, with the formula of its local gradient.

import { h, signOf } from "./dom.js";
import { shortName } from "./graph.js";

export class Arithmetic {
  /** @param tab the tab: its names, root, player, quiz, engine and app */
  constructor(tab) {
    this.tab = tab;
    this.formulas = new Map(); // of local gradients, by node and slot
    this.element = h("div", { class: "arithmetic", "aria-hidden": "true" });
  }

  /** Show the arithmetic of the step that was done last; null at the start. */
  async show(step) {
    const root = shortName(this.tab.names[this.tab.root]);
    if (!step) {
      const words = `start: ∂${root}/∂${root} = 1`;
      this.element.replaceChildren(h("span", { class: "sum" }, words), h("span", { class: "then" }, this.tab.player.waiting ? "The backward pass is running…" : this.tab.player.count ? "Step to pass it on." : "Nothing leads to a leaf."));
      return;
    }
    if (step.slot < 0) return this.#hooked(step, root);
    const key = `${step.head} ${step.slot}`;
    const write = (formula) => this.#write(step, root, formula);
    write(this.formulas.get(key));
    if (this.formulas.has(key) || this.tab.player.running) return;
    const found = await this.tab.engine.call("backward_arithmetic", { node: step.head, slot: step.slot });
    if (found.error) return;
    this.formulas.set(key, found.symbol);
    const now = this.tab.player.current;
    if (now && now.head === step.head && now.slot === step.slot && now.tail === step.tail) write(found.symbol);
  }

  /** A step that a hook made: its node's gradient becomes another. */
  #hooked({ tail, before, after }, root) {
    const words = `a hook makes ${this.tab.text(after)} of ∂${root}/∂${shortName(this.tab.names[tail])} = ${this.tab.text(before)}`;
    this.element.replaceChildren(h("span", { class: "sum" }, words));
    if (!this.tab.player.running) this.tab.app.announce(words);
  }

  #write(step, root, formula) {
    if (this.tab.quiz.open) return this.element.replaceChildren(h("span", { class: "then" }, "The gradients are hidden: fill them in."));
    const tail = shortName(this.tab.names[step.tail]), head = shortName(this.tab.names[step.head]);
    const number = (x) => h("b", { class: signOf(x) }, this.tab.text(x));
    const more = formula && formula !== this.tab.text(step.local) ? h("span", { class: "symbol" }, ` = ${formula.length > 32 ? `${formula.slice(0, 31)}…` : formula}`) : null;
    this.element.replaceChildren(
      h("div", { class: "made" }, h("span", { class: "sum" }, `∂${root}/∂${tail} += `), h("span", { class: "factor" }, `∂${head}/∂${tail}`, more), " × ", h("span", { class: "factor" }, `∂${root}/∂${head}`)),
      h("div", { class: "made numbers" }, "= ", number(step.local), " × ", number(step.upstream), " = ", number(step.part)),
      h("div", { class: "running" }, "running sum ", number(step.before), " + ", number(step.part), " = ", number(step.after)));
    const words = `d ${root} by d ${tail}: add ${this.tab.text(step.local)} times ${this.tab.text(step.upstream)}, that is ${this.tab.text(step.part)}; the sum is ${this.tab.text(step.after)}`;
    if (!this.tab.player.running) this.tab.app.announce(words);
  }
}

// The quiz: gradients are hidden and filled in; a wrong one is told its wrong factor.

import { button, h } from "./dom.js";
import { shortName } from "./graph.js";

const MOST = 10;

export class Quiz {
  constructor(element, { engine, app, onhide, onpoint }) {
    Object.assign(this, { element, engine, app, onhide, onpoint });
    this.hidden = null;
  }

  get open() {
    return this.hidden !== null;
  }

  /** Ask for the gradients of some nodes, from the root down, and hide those of all that are reached. */
  start(nodes, reached, names, root) {
    this.hidden = new Set(reached);
    const asked = [...nodes].slice(0, MOST);
    const rows = asked.map((node) => this._row(node, names, root));
    this.right = 0;
    this.count = asked.length;
    this.score = h("p", { class: "note", role: "status" }, `Fill in ${asked.length} gradients, from ${shortName(names[root])} down.`);
    this.element.replaceChildren(this.score, h("div", { class: "quiz-rows" }, rows), button("Show all gradients", () => this.stop(), { text: "Show all" }));
    this.element.closest("[data-control]").hidden = false;
    this.onhide();
    this.element.querySelector("input")?.focus();
  }

  _row(node, names, root) {
    const field = h("input", { type: "text", inputmode: "decimal", autocomplete: "off", "aria-label": `Gradient of ${names[node]}` });
    const said = h("p", { class: "said", role: "status" });
    const row = h("form", { class: "quiz-row", onsubmit: async (event) => {
      event.preventDefault();
      const answer = Number(field.value.trim().replace(",", ".").replace("−", "-"));
      if (field.value.trim() === "" || Number.isNaN(answer)) { said.textContent = "Give a number."; return; }
      const found = await this.engine.call("backward_judge", { node, answer });
      if (found.error) { said.textContent = found.error.message; return; }
      said.textContent = found.message;
      row.classList.toggle("right", found.right);
      row.classList.toggle("wrong", !found.right);
      if (found.right && this.hidden?.delete(node)) {
        field.readOnly = true;
        this.right++;
        this.score.textContent = this.right === this.count ? "All right." : `${this.right} of ${this.count} right.`;
        this.onhide();
        row.nextElementSibling?.querySelector("input")?.focus();
      }
      this.onpoint(found.right ? null : { head: found.head, slot: found.slot, tail: node });
    } }, h("label", {}, h("span", { class: "asked" }, `∂${shortName(names[root])}/∂${shortName(names[node])}`), field), button("Check the answer", null, { text: "Check", type: "submit" }), said);
    return row;
  }

  stop() {
    if (!this.open) return;
    this.hidden = null;
    this.element.replaceChildren();
    this.element.closest("[data-control]").hidden = true;
    this.onpoint(null);
    this.onhide();
  }
}

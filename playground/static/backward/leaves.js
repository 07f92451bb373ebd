// Leaves: a slider and a number field each. Everything replays while one drags.

import { h, signOf } from "./dom.js";
import { shortName } from "./graph.js";

const SHOWN = 24;

/** A number for a field: four digits, or all before the point. */
const rounded = (x) => String(+x.toPrecision(Math.min(Math.max(4, Math.floor(Math.log10(Math.abs(x) || 1)) + 1), 17)));

export class Leaves {
  constructor(element, { onchange, onchoose, text }) {
    this.element = element;
    this.onchange = onchange;
    this.onchoose = onchoose;
    this.text = text;
    this.rows = new Map();
  }

  show(leaves, more, data) {
    this.rows.clear();
    this.leaves = leaves;
    const all = leaves.map((leaf) => this._row(leaf, data[leaf.node]));
    const first = h("div", { class: "leaf-rows" }, all.slice(0, SHOWN));
    const parts = [first];
    if (all.length > SHOWN) parts.push(h("details", { class: "more" }, h("summary", {}, `${all.length - SHOWN + more} more leaves`), h("div", { class: "leaf-rows" }, all.slice(SHOWN)), more ? h("p", { class: "note" }, `${more} more can be reached by clicking them in the graph.`) : null));
    this.element.replaceChildren(...parts);
    const longest = Math.max(...leaves.map((leaf) => shortName(leaf.name).length));
    for (const rows of this.element.querySelectorAll(".leaf-rows")) rows.style.setProperty("--name", `${Math.min(Math.max(longest, 3), 9) * 9.5 + 4}px`);
  }

  _row({ node, name, first }, value) {
    const reach = Math.max(2, 2 * Math.abs(first));
    const slider = h("input", { type: "range", min: first - reach, max: first + reach, step: "any", value, "aria-label": `${name}, slider` });
    const field = h("input", { type: "number", step: "any", value: rounded(Number(value)), "aria-label": name });
    const gradient = h("span", { class: "gradient" });
    const set = (x, from) => {
      if (!Number.isFinite(x)) return;
      if (from !== field) field.value = rounded(x);
      if (from !== slider) {
        if (x < Number(slider.min)) slider.min = x - 1;
        if (x > Number(slider.max)) slider.max = x + 1;
        slider.value = x;
      }
      this.onchange(node, x);
    };
    slider.addEventListener("input", () => set(Number(slider.value), slider));
    slider.addEventListener("dblclick", () => set(first, null));
    field.addEventListener("input", () => field.value.trim() !== "" && set(Number(field.value), field));
    const label = h("button", { type: "button", class: "name", title: `Explain ${name}`, onclick: () => this.onchoose(node) }, shortName(name));
    this.rows.set(node, { slider, field, gradient, first, set });
    return h("div", { class: "leaf-row" }, label, slider, field, gradient);
  }

  gradients(now, reached, hidden) {
    for (const [node, row] of this.rows) {
      const shown = reached[node] && !hidden?.has(node);
      row.gradient.textContent = hidden?.has(node) ? "?" : shown ? this.text(now[node]) : "";
      row.gradient.className = `gradient ${shown ? signOf(now[node]) : ""}`;
    }
  }

  /** Put all leaves back to the numbers of the text. */
  reset() {
    const values = {};
    for (const [node, row] of this.rows) {
      row.slider.value = row.first;
      row.field.value = rounded(row.first);
      values[node] = row.first;
    }
    return values;
  }
}

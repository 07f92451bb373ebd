// What is wrong with the gradients, where and why, and their size layer by layer.

import { button, h } from "./dom.js";
import { shortName } from "./graph.js";
import { renew } from "../renew.js";

const WARNED = 20_000; // nodes of a graph that is looked through for warnings without being asked

export class Warnings {
  /** @param tab the tab: its names, nodes, engine, choose(node) and _line(line) */
  constructor(tab) {
    this.tab = tab;
    this.list = h("div");
    this.element = h("section", { class: "panel warnings", "data-control": "Warnings", hidden: true }, h("h2", {}, "Warnings"), this.list);
  }

  /** Ask for warnings; of a large graph, which takes a while, when one asks for them. */
  async ask(large = false) {
    if (this.tab.nodes > WARNED && !large) {
      this.asked = {};
      this.element.hidden = false;
      return renew(this.list, button("Look for what is wrong with the gradients", () => this.ask(true), { text: "Look for what is wrong" }));
    }
    const asked = (this.asked = {});
    const found = await this.tab.engine.call("backward_warnings", {});
    if (asked !== this.asked || found.error) return;
    this.element.hidden = !found.warnings.length && !large;
    if (!found.warnings.length) return renew(this.list, h("p", { class: "note" }, "Nothing is wrong with the gradients."));
    const rows = found.warnings.map((each) => h("li", {}, h("p", {}, each.message), h("div", { class: "row" },
      each.line ? button(`Show line ${each.line}`, () => this.tab._line(each.line), { text: `line ${each.line}`, class: "link" }) : null,
      each.node >= 0 ? button("Show the node", () => this.tab.choose(each.node), { text: shortName(this.tab.names[each.node]), class: "link" }) : null)));
    const bars = found.layers.filter((layer) => Number.isFinite(Number(layer.signal)) && layer.signal > 0);
    const largest = Math.max(...bars.map((layer) => Math.log10(layer.signal))), least = Math.min(...bars.map((layer) => Math.log10(layer.signal)));
    const chart = bars.length > 2 ? h("div", { class: "signals", "aria-label": "Size of the gradient at each layer, on a logarithmic scale" }, bars.map((layer) => {
      const bar = h("i");
      bar.style.width = `${8 + (92 * (Math.log10(layer.signal) - least)) / Math.max(largest - least, 1)}%`;
      return h("div", { class: "signal" }, h("span", {}, shortName(layer.name)), h("div", { class: "bar" }, bar), h("span", { class: "number" }, this.tab.text(layer.signal)));
    })) : null;
    renew(this.list, h("ul", {}, rows), chart ? h("h3", {}, "Size of the gradient, layer by layer") : "", chart ?? "");
  }
}

// Statements of the lifted program, each with the cells it computes and, through the node of a cell, its scalar paths.

import { button, h, signOf } from "./dom.js";
import { shortName } from "./graph.js";

const MOST = 48;

export class Statements {
  constructor(element, { engine, text, onnodes, onchoose, numbers }) {
    Object.assign(this, { element, engine, text, onnodes, onchoose, numbers });
  }

  /** A button that asks: to lift a large graph takes a while. */
  offer() {
    this.asked = {};
    this.element.replaceChildren(button("Lift the graph and show its statements", async () => {
      if (!(await this.load())) this.element.replaceChildren(h("p", { class: "note" }, "This graph has no statements over arrays."));
    }, { text: "Show its statements" }));
    return true;
  }

  /** Ask for the statements of the graph; answers whether there are any. */
  async load() {
    this.element.replaceChildren();
    const asked = (this.asked = {});
    const found = await this.engine.call("backward_statements", {});
    if (asked !== this.asked || found.error || !found.statements.length) return false;
    const list = (gradient) => h("ol", { "aria-label": gradient ? "Backward" : "Forward" }, found.statements.filter((each) => each.gradient === gradient).map((each) => this._row(each)));
    this.element.replaceChildren(h("p", { class: "note" }, "The same graph as jit runs it. Choose a statement to see the scalars it computes."), h("h4", {}, "Forward"), list(false), h("h4", {}, "Backward"), list(true));
    return true;
  }

  _row(statement) {
    const cells = h("div", { class: "cells", hidden: true });
    const row = h("button", { type: "button", class: "statement", "aria-expanded": "false", onclick: () => {
      const open = cells.hidden;
      for (const each of this.element.querySelectorAll(".statement")) each.setAttribute("aria-expanded", "false");
      for (const each of this.element.querySelectorAll(".cells")) each.hidden = true;
      row.setAttribute("aria-expanded", String(open));
      cells.hidden = !open;
      if (open) this._cells(cells, statement);
      this.onnodes(open ? statement.cells.flat() : []);
    } }, statement.text);
    return h("li", {}, row, cells);
  }

  _cells(element, { cells, gradient, shape }) {
    const { names, data, now } = this.numbers();
    const columns = shape.length === 2 ? shape[1] : 1;
    const rows = cells.slice(0, MOST).map((nodes, i) => {
      const node = nodes.at(-1);
      const place = columns > 1 ? `[${Math.floor(i / columns)}, ${i % columns}]` : `[${i}]`;
      if (node === undefined) return h("div", { class: "cell" }, h("span", { class: "at" }, place), "not one node");
      const x = gradient ? now[node] : data[node];
      return h("div", { class: "cell" }, h("span", { class: "at" }, place), h("span", {}, nodes.slice(0, 4).map((each) => [button(`Paths of ${names[each]}`, () => this.onchoose(each), { text: shortName(names[each]), class: "link" }), " "]).flat()), h("b", { class: signOf(x) }, this.text(x)));
    });
    element.replaceChildren(...rows, ...(cells.length > MOST ? [h("p", { class: "note" }, `and ${cells.length - MOST} more`)] : []));
  }
}

// Statements of the lifted program, each with the cells it computes.

import { button, h } from "./dom.js";

export class Statements {
  constructor(element, { engine, text, onnodes, onchoose }) {
    Object.assign(this, { element, engine, text, onnodes, onchoose });
  }

  /** Ask for the statements of the graph; answers whether there are any. */
  async load() {
    this.element.replaceChildren();
    return false;
  }
}

// Numbers of a neuron or connection: shown on hover, to edit once picked.

import { short } from "./colours.js";
import { button, make } from "./dom.js";
import { renew } from "../renew.js";

/** Where the parameters of a neuron stand: its first weight, and its bias behind the last. */
export function placeOf(picture, column, i) {
  const widths = [picture.features.length, ...picture.layers];
  let start = 0;
  for (let c = 1; c < column; c++) start += widths[c] * (widths[c - 1] + 1);
  const inputs = widths[column - 1];
  return { start: start + i * (inputs + 1), inputs };
}

export function nameOf(picture, column, i) {
  if (column === 0) return `Input ${picture.features[i]}`;
  const where = column === picture.layers.length ? "Output" : `Hidden layer ${column}`;
  return picture.layers[column - 1] > 1 || column < picture.layers.length ? `${where}, neuron ${i + 1}` : where;
}

const from = (picture, column, j) => (column === 1 ? picture.features[j] : `neuron ${j + 1}`);

export class Inspector {
  /** actions: {set(layer, neuron, weight|undefined, value), ablate(layer, neuron, off), close()} */
  constructor(actions) {
    this.actions = actions;
    this.element = make("div", { class: "inspector", "aria-live": "off" });
    this.hint();
  }

  hint() {
    this.element.replaceChildren(make("p", { class: "hint" }, "Point at a neuron or a connection for its numbers; click to change them."));
  }

  /** The numbers of a connection. */
  edge(picture, edge) {
    const { weights, gradients } = picture.arrays;
    this.element.replaceChildren(make("p", {},
      make("strong", {}, `${nameOf(picture, edge.column, edge.to)} ← ${from(picture, edge.column, edge.from)}: `),
      `weight ${short(weights[edge.index])}, gradient ${short(gradients[edge.index])}`));
  }

  /** The numbers of a neuron; with fields to change them where it is picked. */
  neuron(picture, column, i, { activation, picked, state, focus }) {
    const { weights, gradients } = picture.arrays;
    const name = nameOf(picture, column, i);
    const scale = picture.arrays.scales ? picture.arrays.scales[column === 0 ? i : rowOf(picture, column, i)] : null;
    if (column === 0) {
      return this.element.replaceChildren(make("p", {}, make("strong", {}, name), scale === null ? "" : `, from −${short(scale)} to ${short(scale)}`));
    }
    const { start, inputs } = placeOf(picture, column, i);
    const head = make("p", {}, make("strong", {}, name), activation ? `, ${activation}` : "", state ? [", ", make("span", { class: "state" }, state)] : "");
    const cell = (text, at, weight) => {
      const value = picked
        ? make("input", { type: "number", step: "any", value: Number(weights[at].toPrecision(5)), "aria-label": `${text}, value`, onchange: ({ currentTarget: its }) => { if (its.value !== "") this.actions.set(column - 1, i, weight, Number(its.value)); } })
        : make("span", { class: "value" }, short(weights[at]));
      return make("div", { class: "cell" }, make("span", { class: "what" }, text), value, make("span", { class: "gradient", title: "gradient" }, `∂ ${short(gradients[at])}`));
    };
    const cells = make("div", { class: "cells", "data-key": `${column}.${i}` });
    for (let j = 0; j < inputs; j++) cells.append(cell(`w ${from(picture, column, j)}`, start + j, j));
    cells.append(cell("bias", start + inputs, undefined));
    const hidden = column < picture.layers.length;
    const off = state === "off";
    renew(this.element,
      make("div", { class: "row" }, head, picked && hidden ? button(off ? "Switch on" : "Switch off", () => this.actions.ablate(column - 1, i, !off)) : null,
        picked ? button("Close", () => this.actions.close()) : null),
      cells);
    if (focus !== undefined && focus !== null && focus !== true) this.element.querySelectorAll("input")[focus]?.select();
  }
}

/** The row of a neuron's map among all maps. */
export function rowOf(picture, column, i) {
  if (column === 0) return i;
  return picture.features.length + picture.layers.slice(0, column - 1).reduce((sum, each) => sum + each, 0) + i;
}

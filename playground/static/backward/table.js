// The graph as a table: for screen readers, and for who likes numbers in columns.

import { button, h, signOf } from "./dom.js";
import { shortName } from "./graph.js";

const MOST = 400;

export function table(element, { shape, names, data, now, reached, lines, hidden, text, onchoose, onopen }) {
  const rows = shape.boxes.slice(0, MOST).map((box, k) => {
    const single = box.kind === "node" || box.kind === "sum";
    const operands = shape.arrows.filter((arrow) => arrow.head === k).map((arrow) => shape.boxes[arrow.tail]).map((each) => (each.kind === "node" ? names[each.node] : each.title));
    const name = box.kind === "node" ? names[box.node] : box.title;
    const gradient = hidden?.has(box.node) ? "?" : single && reached[box.node] ? text(now[box.node]) : "";
    return h("tr", {},
      h("th", { scope: "row" }, button(box.kind === "node" ? `Explain ${name}` : `Open ${name}`, () => (box.kind === "node" ? onchoose(box.node) : onopen(k)), { text: shortName(name), class: "link" })),
      h("td", {}, box.op || (box.leaf ? "leaf" : "")),
      h("td", {}, operands.length > 6 ? `${operands.length} operands` : operands.map(shortName).join(", ")),
      h("td", { class: "number" }, single ? text(data[box.node]) : `${box.members} nodes`),
      h("td", { class: `number ${gradient ? signOf(now[box.node]) : ""}` }, gradient),
      h("td", { class: "number" }, lines[box.node] || ""));
  });
  const head = ["node", "operator", "operands", "value", "gradient", "line"].map((title) => h("th", { scope: "col" }, title));
  element.replaceChildren(h("table", { class: "nodes" }, h("caption", {}, shape.boxes.length > MOST ? `The first ${MOST} of ${shape.boxes.length} boxes; an empty gradient is not reached yet` : "An empty gradient is not reached yet"), h("thead", {}, h("tr", {}, head)), h("tbody", {}, rows)));
}

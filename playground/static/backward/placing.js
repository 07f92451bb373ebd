// Where the boxes and arrows of a view go, by Graphviz.

import { layout } from "../layout.js";

const POINTS = 72;
export const HEIGHT = 64; // of a box
const READABLE = 0.9; // the zoom from which nobody wishes for another direction
const LAID_OUT_TWICE = 60; // boxes up to which another direction is tried

/**
 * Where things go: from left to right, or from top to bottom where all of it is larger so.
 *
 * @param shape boxes and arrows; widths of the boxes; scaleOf({width, height}) the zoom at which all of that is seen
 * @returns {Promise<{boxes: Map, arrows: Map}>} by index, centres of boxes and curves of arrows
 */
export async function place(shape, widths, scaleOf) {
  const beside = placesIn(await layout(dotOf(shape, widths, "LR")));
  const scale = scaleOf(extentOf(shape.boxes.map((_, k) => beside.boxes.get(k)), widths));
  if (scale >= READABLE || shape.boxes.length > LAID_OUT_TWICE) return beside;
  const below = placesIn(await layout(dotOf(shape, widths, "TB")));
  return scaleOf(extentOf(shape.boxes.map((_, k) => below.boxes.get(k)), widths)) > scale ? below : beside;
}

function dotOf(shape, widths, direction) {
  const large = shape.arrows.length > 600;
  const [out, into, apart] = direction === "LR" ? ["e", "w", 0.75] : ["s", "n", 0.45];
  const lines = [`digraph { rankdir=${direction}; nodesep=0.25; ranksep=${large ? 0.9 : apart}; ${large ? "splines=line; nslimit=1;" : ""} node [shape=box, fixedsize=true, height=${HEIGHT / POINTS}, label=""]; edge [arrowhead=none];`];
  shape.boxes.forEach((_, k) => lines.push(`n${k} [width=${(widths[k] / POINTS).toFixed(3)}];`));
  shape.arrows.forEach((arrow, k) => lines.push(`n${arrow.tail} -> n${arrow.head} [id="e${k}"${large ? "" : `, tailport=${out}, headport=${into}`}];`));
  return `${lines.join("\n")}}`;
}

/** Where Graphviz put things: centres of boxes and curves of arrows. */
function placesIn(text) {
  const page = new DOMParser().parseFromString(text, "image/svg+xml");
  const boxes = new Map();
  for (const node of page.querySelectorAll("g.node")) {
    const numbers = node.querySelector("polygon").getAttribute("points").match(/-?[\d.]+/g).map(Number);
    const xs = numbers.filter((_, i) => i % 2 === 0), ys = numbers.filter((_, i) => i % 2 === 1);
    boxes.set(Number(node.querySelector("title").textContent.slice(1)), [(Math.min(...xs) + Math.max(...xs)) / 2, (Math.min(...ys) + Math.max(...ys)) / 2]);
  }
  const arrows = new Map();
  for (const edge of page.querySelectorAll("g.edge")) {
    const path = edge.querySelector("path");
    if (path) arrows.set(Number(edge.id.slice(1)), path.getAttribute("d"));
  }
  return { boxes, arrows };
}

/** The rectangle around boxes, of which the centres and the widths are given. */
export function extentOf(centres, widths) {
  const box = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
  centres.forEach(([x, y] = [0, 0], k) => {
    box.left = Math.min(box.left, x - widths[k] / 2);
    box.right = Math.max(box.right, x + widths[k] / 2);
    box.top = Math.min(box.top, y - HEIGHT / 2);
    box.bottom = Math.max(box.bottom, y + HEIGHT / 2);
  });
  return { x: box.left, y: box.top, width: box.right - box.left, height: box.bottom - box.top };
}

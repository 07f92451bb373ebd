// The picture as SVG and PNG: connections as lines, maps and curves as images, names as text.

import { svg } from "./dom.js";
import { short } from "./colours.js";

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** The whole picture as an SVG element, made of what is on the page. */
export function asSvg({ diagram, surface, curves, picture, colours, title }) {
  const side = 360;
  const [width, height] = [diagram.width + side + 60, Math.max(diagram.height + 20, side + 260)];
  const root = svg("svg", {
    xmlns: "http://www.w3.org/2000/svg", width, height, viewBox: `0 0 ${width} ${height}`,
    "font-family": "system-ui, sans-serif", "font-size": 12, fill: colours.ink,
  });
  const text = (x, y, words, more = {}) => {
    const element = svg("text", { x, y, ...more });
    element.textContent = words;
    root.append(element);
  };
  root.append(svg("rect", { width, height, fill: colours.panel }));
  text(16, 26, title, { "font-size": 16, "font-weight": 600 });
  for (const { line } of diagram.paths) {
    const copy = line.cloneNode();
    copy.removeAttribute("class");
    root.append(copy);
  }
  diagram.nodes.forEach(({ column, i, name, badge }, row) => {
    const [x, y] = [diagram.x(column) - 20, diagram.y(column, i) - 20];
    root.append(image(diagram.canvases[row], x, y, 40, 40), svg("rect", { x, y, width: 40, height: 40, fill: "none", stroke: colours.muted }));
    if (column === 0) text(x - 4, y + 24, name.replace("input ", ""), { "text-anchor": "end" });
    if (badge.textContent) text(x + 20, y + 52, badge.textContent, { "text-anchor": "middle", "font-size": 10 });
  });
  const left = diagram.width + 30;
  root.append(image(surface, left, 46, side, side), svg("rect", { x: left, y: 46, width: side, height: side, fill: "none", stroke: colours.line }));
  text(left, side + 70, `epoch ${picture.epoch}, train loss ${short(picture.train_loss)}, test loss ${short(picture.test_loss)}`);
  root.append(image(curves, left, side + 82, side, 140));
  return root;
}

function image(canvas, x, y, width, height) {
  return svg("image", { x, y, width, height, href: canvas.toDataURL("image/png") });
}

export function svgText(element) {
  return HEAD + new XMLSerializer().serializeToString(element);
}

/** The SVG as a PNG of twice its size; a Blob. */
export async function asPng(element) {
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgText(element))}`;
  await picture.decode();
  const canvas = document.createElement("canvas");
  canvas.width = 2 * Number(element.getAttribute("width"));
  canvas.height = 2 * Number(element.getAttribute("height"));
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

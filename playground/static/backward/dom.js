// Small makers of elements. Text goes in as text, never as markup.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element[name] = value;
    else if (name === "value" || name === "disabled" || name === "hidden" || name === "checked") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const h = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
export const s = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

const PATHS = {
  start: "M6 5v14M19 5l-9 7 9 7z",
  back: "M15 5l-7 7 7 7",
  forward: "M9 5l7 7-7 7",
  end: "M18 5v14M5 5l9 7-9 7z",
  run: "M8 4l12 8-12 8z",
  runBack: "M16 4L4 12l12 8z",
  pause: "M8 5v14M16 5v14",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  fit: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  table: "M4 5h16v14H4zM4 10h16M4 15h16M10 5v14",
  reset: "M5 12a7 7 0 1 0 2-5M5 4v4h4",
  open: "M9 6l6 6-6 6",
};

/** An icon as SVG; it has no text of its own, so its button needs a label. */
export const icon = (name) =>
  s("svg", { viewBox: "0 0 24 24", width: 18, height: 18, "aria-hidden": "true", class: `icon icon-${name}` }, s("path", { d: PATHS[name] }));

/** A button with an icon and a label that is read, or with a text. */
export const button = (label, onclick, { name, text, ...more } = {}) =>
  h("button", { type: "button", title: label, "aria-label": text ? null : label, onclick, ...more }, name ? icon(name) : null, text ?? null);

/** A number as people read it, and a class for its sign. */
export const signOf = (x) => (x > 0 ? "positive" : x < 0 ? "negative" : "zero");

// Small helpers: elements made of data. Text is always set as text.

/** An element with attributes, listeners (onclick: …) and children; texts become text nodes. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") element.className = value;
    else if (name in element && name !== "list" && name !== "form") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((each) => each !== null && each !== undefined));
  return element;
}

export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** A label with its control below. */
export function field(text, control, extra = "") {
  return make("label", { class: `field ${extra}`, "data-name": text }, make("span", {}, text), control);
}

export function select(options, value, change, attributes = {}) {
  const control = make("select", { ...attributes, onchange: (event) => change(event.currentTarget.value) });
  for (const each of options) {
    const [name, text] = Array.isArray(each) ? each : [each, each];
    control.append(make("option", { value: name }, text));
  }
  control.value = value;
  return control;
}

export function slider(text, { min, max, step, value, show = String }, change) {
  const control = make("input", {
    type: "range", min, max, step, value, "aria-label": text,
    oninput: ({ currentTarget: its }) => { its.closest("label").querySelector(".amount").textContent = show(Number(its.value)); },
    onchange: (event) => change(Number(event.currentTarget.value)),
  });
  return make("label", { class: "field", "data-name": text }, make("span", {}, text, " ", make("span", { class: "amount" }, show(value))), control);
}

/** A field for a number. What is no number, or out of its limits, is not taken; nothing at all is 0 where a placeholder says what that means. */
export function number(text, value, change, attributes = {}) {
  const control = make("input", {
    type: "number", step: "any", value, ...attributes,
    onchange: ({ currentTarget: its }) => {
      if (its.checkValidity() && (its.value !== "" || attributes.placeholder)) change(Number(its.value));
      else its.value = value;
    },
  });
  return field(text, control);
}

export function check(text, value, change) {
  const control = make("input", { type: "checkbox", checked: value, onchange: (event) => change(event.currentTarget.checked) });
  return make("label", { class: "check", "data-name": text }, control, make("span", {}, text));
}

export function button(text, click, attributes = {}) {
  return make("button", { type: "button", onclick: click, ...attributes }, text);
}

const ICONS = {
  play: "M7 4.5v15l13-7.5z",
  pause: "M6 4.5h4v15H6zm8 0h4v15h-4z",
  reset: "M12 5V1.5L6.5 6 12 10.5V7a5.5 5.5 0 1 1-5.5 5.5h-2A7.5 7.5 0 1 0 12 5z",
  batch: "M5 4.5v15l9-7.5zm11 0h3v15h-3z",
  epoch: "M3 4.5v15l8-7.5zm8 0v15l8-7.5zm8.5 0h2v15h-2z",
};

export function icon(name) {
  return svg("svg", { viewBox: "0 0 24 24", width: 18, height: 18, "aria-hidden": "true", class: "icon" },
    svg("path", { d: ICONS[name], fill: "currentColor" }));
}

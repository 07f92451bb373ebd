// The elements of the tab: what stands where, and the forms, which show the configuration.

import { palette } from "./colours.js";
import { Diagram } from "./diagram.js";
import { diagnosisPanel } from "./diagnosis.js";
import { button, check, field, icon, make, select } from "./dom.js";
import { racePanel, warpPanel } from "./extras.js";
import { Inspector } from "./inspector.js";
import { dataPanel, effective, trainingPanel } from "./panels.js";
import { Past } from "./past.js";
import { Points } from "./points.js";
import { PRESETS } from "./presets.js";
import { Readout } from "./readout.js";
import { Saving } from "./saving.js";
import { Surface } from "./surface.js";
import { put, renew } from "../renew.js";

const SPEEDS = [["step", "batch by batch"], ["epoch", "epoch by epoch"], ["fast", "full speed"]];
const RATES = [0.00001, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];

/** Make the elements of a tab, put them on the page, and tie them to what it does. */
export function build(tab) {
  tab.diagram = new Diagram({
    hover: (place) => tab.pointing.hover(place),
    pick: (place) => tab.pointing.pick(place),
    hoverEdge: (edge) => tab.pointing.hoverEdge(edge),
    pickEdge: (edge) => tab.pointing.pick({ column: edge.column, i: edge.to }, edge.from),
    structure: (layer, change) => tab.set((config) => ({ hidden: config.hidden.map((each, i) => (i === layer ? { ...each, ...change(each) } : each)) })),
  });
  tab.inspector = new Inspector({
    set: async (layer, neuron, weight, value) => tab.answered(await tab.ask("set_parameter", { layer, neuron, value, ...(weight === undefined ? {} : { weight }) })),
    ablate: async (layer, neuron, off) => tab.answered(await tab.ask("ablate", { layer, neuron, off })),
    close: () => { tab.pointing.leave(); tab.redraw(); },
  });
  const canvas = make("canvas", { class: "surface", tabIndex: 0, role: "application", "aria-label": "Output over the plane. Click to draw points; arrow keys move a cursor, Space draws, Delete removes." });
  tab.surface = new Surface(canvas, {
    add: (x, y, erase, other) => tab.points.add(x, y, erase, other),
    stroke: () => tab.points.send(),
    probe: (x, y) => tab.pointing.askAt(x, y),
    leave: () => { tab.probe.textContent = "\u00a0"; },
  });
  tab.diagnosis = diagnosisPanel({ activation: (activation) => tab.set((config) => ({ hidden: config.hidden.map((each) => ({ ...each, activation })) })) });
  tab.curves = make("canvas", { class: "curves", role: "img", "aria-label": "Loss by step" });
  tab.probe = make("p", { class: "probe", "aria-live": "off" }, "\u00a0");
  tab.readout = new Readout();
  tab.points = new Points(tab);
  tab.past = new Past(tab);
  const { status, stopped, numbers, confusion, legend } = tab.readout;
  tab.warp = warpPanel((op, args) => tab.ask(op, args), () => tab.drawing());
  tab.race = racePanel((op, args, quiet) => tab.ask(op, args, quiet), () => tab.drawing(), tab.choices, { pause: () => tab.playing.pause() });
  tab.playButton = make("button", { type: "button", class: "primary play", onclick: () => tab.playing.toggle(), "aria-label": "Play", title: "Play or pause (P)" }, icon("play"), make("span", {}, "Play"));
  tab.rate = make("span", {});
  tab.left = make("div", {});
  tab.training = make("div", {});
  tab.layersBar = make("div", { class: "row layers", "data-control": "Number of layers" });
  const bar = make("div", { class: "bar", role: "toolbar", "aria-label": "Training" },
    tab.playButton,
    make("button", { type: "button", onclick: () => tab.playing.run({ steps: 1 }), title: "One batch (B)", "aria-label": "One batch", "data-key": "batch" }, icon("batch"), make("span", {}, "One batch")),
    make("button", { type: "button", onclick: () => tab.playing.run({ epochs: 1 }), title: "One epoch (E)", "aria-label": "One epoch", "data-key": "epoch" }, icon("epoch"), make("span", {}, "One epoch")),
    make("button", { type: "button", onclick: () => tab.playing.reset(), title: "Begin anew (R)", "aria-label": "Reset", "data-key": "reset" }, icon("reset"), make("span", {}, "Reset")),
    status,
    tab.rate,
    field("Speed", select(SPEEDS, tab.view.speed, (speed) => tab.setView({ speed }))));
  const words = tab.words = make("input", { type: "text", spellcheck: false, placeholder: "8 relu, 4 tanh 0.3",
    onchange: async () => { const found = await tab.ask("layers", { text: words.value }); if (found) tab.set({ hidden: found.hidden }); else forms(tab); } });
  tab.asText = make("label", { class: "field as-text" }, make("span", {}, "Hidden layers as text"), words);
  tab.presets = make("div", { class: "presets", "data-control": "Examples", role: "group", "aria-label": "Examples" }, make("span", {}, "Try:"),
    PRESETS.map((each) => button(each.name, () => tab.preset(each), { class: "chip", title: each.text })));
  tab.presetText = make("p", { class: "lesson", hidden: true });
  tab.edgesToggle = make("div", { class: "toggle", role: "group", "aria-label": "Connections show", "data-control": "Weights or gradients" });
  const middle = make("div", { class: "middle" },
    make("section", { class: "panel network" },
      make("div", { class: "row top" }, make("h2", {}, "Network"), tab.layersBar, tab.edgesToggle),
      tab.diagram.element, tab.asText,
      make("p", { class: "keys edge-keys" }, make("span", { class: "key" }, make("i", {}), "positive"), make("span", { class: "key test" }, make("i", {}), "negative"), make("span", {}, "thicker is larger")),
      tab.inspector.element),
    tab.diagnosis.element, tab.training);
  const output = make("section", { class: "panel output" }, make("h2", {}, "Output"), tab.points.brushes,
    make("div", { class: "frame" }, canvas), tab.probe, legend,
    make("div", { class: "row", "data-control": "Test data, discrete" },
      check("test data", tab.view.test, (test) => tab.setView({ test })),
      check("discrete", tab.view.discrete, (discrete) => tab.setView({ discrete }))),
    stopped, numbers,
    make("div", { class: "row top" }, make("h3", {}, "Loss"), curveLegend(), check("log", tab.view.log, (log) => tab.setView({ log }))),
    tab.curves, make("label", { class: "field history" }, make("span", {}, "History"), tab.past.slider), tab.past.text,
    confusion);
  tab.element.replaceChildren(make("div", { class: "training" },
    tab.presets, tab.presetText, bar, tab.error,
    make("div", { class: "grid" }, tab.left, middle, output),
    make("div", { class: "more" }, tab.warp.element, new Saving(tab).element, tab.race.element)));
  tab.element.addEventListener("dragover", (event) => event.preventDefault());
  tab.element.addEventListener("drop", async (event) => {
    event.preventDefault();
    const file = event.dataTransfer?.files[0];
    tab.paste(file ? await file.text() : (event.dataTransfer?.getData("text/plain") ?? ""));
  });
  const keys = tab.app.keys;
  keys?.add?.("p", "Play or pause the training", () => tab.playing.toggle());
  keys?.add?.("b", "Train one batch", () => tab.playing.run({ steps: 1 }));
  keys?.add?.("e", "Train one epoch", () => tab.playing.run({ epochs: 1 }));
  keys?.add?.("r", "Begin the training anew", () => tab.playing.reset());
  keys?.add?.("d", "Go to the plane, to draw points by keyboard", () => canvas.focus());
  new ResizeObserver(() => { tab.diagram.key = ""; tab.redraw(); }).observe(tab.diagram.element);
  document.addEventListener("theme", () => tab.recolour());
  document.addEventListener("engine-restarted", () => tab.restored());
  tab.colours = palette(tab.element.firstElementChild);
  forms(tab);
}

function curveLegend() {
  const line = (kind, text) => make("span", { class: `key ${kind}` }, make("i", {}), text);
  return make("span", { class: "keys" }, line("train", "train"), line("test", "test"));
}

/** The forms, brought up to date with the configuration. */
export function forms(tab) {
  const act = { set: (changes) => tab.set(changes), paste: (text) => tab.paste(text) };
  renew(tab.left, dataPanel(tab.choices, tab.config, act));
  renew(tab.training, trainingPanel(tab.choices, tab.config, tab.picture, act));
  const settings = effective(tab.choices, tab.config);
  renew(tab.rate, "lr" in settings
    ? field("Learning rate", select([...new Set([...RATES, settings.lr])].sort((a, b) => a - b), settings.lr, (lr) => tab.set((config) => ({ settings: { ...effective(tab.choices, config), lr: Number(lr) } })))) : null);
  const { hidden } = tab.config;
  const first = { neurons: 4, activation: "tanh", dropout: 0 };
  const { layers } = tab.choices.limits;
  renew(tab.layersBar,
    button("−", () => tab.set((config) => ({ hidden: config.hidden.slice(0, -1) })), { "aria-label": "Remove a hidden layer", disabled: !hidden.length }),
    make("span", {}, `${hidden.length} hidden layer${hidden.length === 1 ? "" : "s"}`),
    button("+", () => tab.set((config) => ({ hidden: [...config.hidden, { ...(config.hidden.at(-1) ?? first) }].slice(0, layers) })), { "aria-label": "Add a hidden layer", disabled: hidden.length >= layers }));
  const words = hidden.map((each) => `${each.neurons} ${each.activation}${each.dropout ? ` ${each.dropout}` : ""}`).join(", ");
  put(tab.words, { value: words });
  renew(tab.edgesToggle, make("span", {}, "Lines:"), [[false, "weights"], [true, "gradients"]].map(([gradients, text]) =>
    button(text, () => tab.setView({ gradients }), { class: tab.view.gradients === gradients ? "on" : "", "aria-pressed": String(tab.view.gradients === gradients) })));
  tab.points.form();
}

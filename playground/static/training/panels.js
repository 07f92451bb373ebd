// The forms: data on the left, how it is trained below, as the configuration has them.

import { button, check, field, make, number, select, slider } from "./dom.js";

/** The data panel. act: {set(changes), paste(text)} */
export function dataPanel(choices, config, act) {
  const own = [["points", "Your points"], ["formula", "Formula"]];
  const groups = [["binary", "Two classes"], ["three", "Three classes"], ["plane", "Height"], ["curve", "Curve"]];
  const pick = (name) => {
    const row = choices.data.find((each) => each.name === name);
    const features = row?.kind === "curve" ? ["x"] : config.features.length === 1 && config.features[0] === "x" ? ["x", "y"] : config.features;
    act.set({ data: name, features });
  };
  const chip = ([name, text]) =>
    button(text, () => pick(name), { class: `chip${config.data === name ? " on" : ""}`, "aria-pressed": String(config.data === name) });
  const panel = make("section", { class: "panel data" }, make("h2", {}, "Data"));
  for (const [kind, text] of groups)
    panel.append(make("h3", {}, text), make("div", { class: "chips" }, choices.data.filter((each) => each.kind === kind).map((each) => chip([each.name, each.title]))));
  panel.append(make("h3", {}, "Your own"), make("div", { class: "chips" }, own.map(chip)));
  if (config.data === "formula") {
    const input = make("input", { type: "text", value: config.formula, spellcheck: false, maxLength: 200, onchange: (event) => act.set({ formula: event.currentTarget.value }) });
    panel.append(field("Target of x and y", input), make("p", { class: "hint" }, "y > sin(x) makes two classes, x*y/9 a height."));
  }
  if (config.data === "points") {
    panel.append(
      field("These are", select([["binary", "two classes"], ["three", "three classes"], ["plane", "heights"], ["curve", "a curve"]], config.kind,
        (kind) => act.set({ kind, points: config.points.map(([x, y, t]) => [x, y, kind === "binary" ? Number(t > 0.5) : kind === "three" ? Math.max(0, Math.min(2, Math.round(t))) : t]), features: kind === "curve" ? ["x"] : config.features }))),
      make("p", { class: "hint" }, `${config.points.length} points.`, " ", button("Clear", () => act.set({ points: [] }), { class: "link" })));
  }
  const area = make("textarea", { rows: 3, spellcheck: false, placeholder: "1.5, -2, A\n0.3, 1, B", "aria-label": "Table of points, x, y, class" });
  const file = make("input", { type: "file", accept: ".csv,.tsv,.txt,text/*", "aria-label": "A file of points", onchange: async ({ currentTarget: its }) => {
    const [chosen] = its.files;
    its.value = ""; // so that the same can be chosen again
    if (chosen) act.paste(await chosen.text());
  } });
  const use = button("Use it", (event) => act.paste(event.currentTarget.closest("details").querySelector("textarea").value));
  panel.append(make("details", { class: "csv" }, make("summary", {}, "Paste or drop a CSV"), area, make("div", { class: "row" }, use, file)));
  if (config.data !== "points")
    panel.append(
      slider("Noise", { min: 0, max: 0.5, step: 0.05, value: config.noise, show: (x) => `${Math.round(100 * x)} %` }, (noise) => act.set({ noise })),
      slider("Points", { min: 20, max: 1000, step: 20, value: config.count }, (count) => act.set({ count })));
  panel.append(slider("Trained with", { min: 0.1, max: 1, step: 0.1, value: config.ratio, show: (x) => `${Math.round(100 * x)} %` }, (ratio) => act.set({ ratio })));
  panel.append(make("h3", {}, "Inputs"), make("div", { class: "chips" }, choices.features.map((name) => {
    const on = config.features.includes(name);
    const only = on && config.features.length === 1;
    return button(name, () => act.set((now) => ({ features: choices.features.filter((each) => (each === name ? !on : now.features.includes(each))) })),
      { class: `chip${on ? " on" : ""}`, "aria-pressed": String(on), disabled: only });
  })));
  return panel;
}

/** How it is trained: optimiser and its settings, batch, penalties, start, when to stop. */
export function trainingPanel(choices, config, picture, act) {
  const settings = effective(choices, config);
  const change = (name, next) => act.set((now) => {
    const set = effective(choices, now);
    return { settings: { ...set, [name]: typeof next === "function" ? next(set[name]) : next } };
  });
  const fields = choices.optimizers[config.optimizer].map((each) => {
    const value = settings[each.name];
    const text = each.name.replaceAll("_", " ");
    if (each.kind === "flag") return check(text, value, (on) => change(each.name, on));
    if (each.kind === "pair")
      return [0, 1].map((i) => number(`${text} ${i + 1}`, value[i], (x) => change(each.name, (pair) => pair.map((old, j) => (j === i ? x : old))), { min: 0, max: 0.9999999 }));
    return number(text, value, (x) => change(each.name, x), each.kind === "integer" ? { min: 1, step: 1 } : { min: 0 });
  });
  const kind = picture?.kind ?? "binary";
  const losses = choices.losses[kind];
  const rates = [0, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1];
  return make("section", { class: "panel settings" }, make("h2", {}, "Training"),
    make("div", { class: "fields" },
      field("Optimiser", select(Object.keys(choices.optimizers), config.optimizer, (optimizer) => act.set({ optimizer, settings: startOf(choices, optimizer) }))),
      fields,
      number("batch size", config.batch_size, (batch_size) => act.set({ batch_size }), { min: 1, step: 1 }),
      field("loss", select(losses.map((name) => [name, lossName(name)]), losses.includes(config.loss) ? config.loss : losses[0], (loss) => act.set({ loss }))),
      field("L1 penalty", select(rates, config.l1, (l1) => act.set({ l1: Number(l1) }))),
      field("L2 penalty", select(rates, config.l2, (l2) => act.set({ l2: Number(l2) }))),
      field("first weights", select(choices.initializers, config.init, (init) => act.set({ init }))),
      number("seed", config.seed, (seed) => act.set({ seed }), { min: 0, step: 1 })),
    make("h3", {}, "Stop by itself"),
    make("div", { class: "fields" },
      number("train loss below", config.stop_loss || "", (stop_loss) => act.set({ stop_loss }), { min: 0, placeholder: "never" }),
      number("epochs without a better test loss", config.patience || "", (patience) => act.set({ patience }), { min: 0, step: 1, placeholder: "never" }),
      number("after epochs", config.stop_epochs || "", (stop_epochs) => act.set({ stop_epochs }), { min: 0, step: 1, placeholder: "never" })));
}

/** The name of a loss as the page says it. */
export function lossName(name) {
  return name.includes("cross_entropy") ? "cross-entropy" : name === "mse" ? "squared error" : name.replaceAll("_", " ");
}

/** All settings of the optimiser, those not set being its defaults. */
export function effective(choices, config) {
  const defaults = Object.fromEntries(choices.optimizers[config.optimizer].map((each) => [each.name, each.default]));
  return { ...defaults, ...(config.settings ?? startOf(choices, config.optimizer)) };
}

/** The settings an optimiser starts with: its defaults; gradient descent with a rate that shows something. */
export function startOf(choices, optimizer) {
  const first = { SGD: 0.1, Nesterov: 0.03, Adam: 0.02, AdamW: 0.02, AMSGrad: 0.02, NAdam: 0.02, Adamax: 0.03, Adagrad: 0.1, RMSprop: 0.01 };
  return optimizer in first ? { lr: first[optimizer] } : {};
}

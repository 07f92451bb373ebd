// The gradient on its way back: a bar for each layer, on a logarithmic scale, and what the engine's report says.

import { short } from "./colours.js";
import { button, make } from "./dom.js";
import { renew } from "../renew.js";

export function diagnosisPanel(act) {
  const bars = make("div", { class: "bars" });
  const findings = make("ul", { class: "findings", "aria-live": "polite" });
  const element = make("section", { class: "panel diagnosis" }, make("h2", {}, "The gradient on its way back"), bars, findings);
  function draw(found) {
    if (!found) return;
    const signals = found.layers.map((each) => each.signal);
    const most = Math.max(...signals.filter((each) => each > 0), 1e-300);
    renew(bars, found.layers.map((layer) => {
      // six decades fit the bar: a thousandth is half of it
      const part = layer.signal > 0 ? Math.max(0.01, 1 + Math.log10(layer.signal / most) / 6) : 0;
      const weak = layer.signal !== null && layer.signal < most * 1e-3;
      return make("div", { class: `signal${weak ? " weak" : ""}` },
        make("span", { class: "layer" }, layer.name),
        make("span", { class: "track" }, make("span", { class: "fill", style: `width:${(100 * part).toFixed(1)}%` })),
        make("span", { class: "number" }, short(layer.signal)));
    }));
    renew(findings,
      found.findings.map((text) => make("li", { class: "finding" }, text)),
      found.advice.map((each) => make("li", { class: "advice" }, each.text, " ",
        each.activation ? button(`Use ${each.activation}`, () => act.activation(each.activation)) : null)),
      found.findings.length ? null : make("li", { class: "fine" }, found.layers.length ? "Every layer gets a gradient it can learn from." : "No points yet, so no gradient."));
  }
  return { element, draw };
}

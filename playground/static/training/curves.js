// Curves on a canvas: lines by step, with a logarithmic axis where asked for.

import { fitted } from "./surface.js";
import { short } from "./colours.js";

/** Nice ticks between two numbers. */
function ticks(low, high, log) {
  if (log) {
    const found = [];
    for (let e = Math.ceil(low); e <= Math.floor(high); e++) found.push(e);
    return found.length > 1 ? found.filter((_, i) => i % Math.ceil(found.length / 5) === 0) : [low, high];
  }
  const rough = (high - low) / 4;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((each) => each * unit).find((each) => each >= rough);
  const found = [];
  for (let t = Math.ceil(low / step) * step; t <= high + step * 1e-9; t += step) found.push(t);
  return found;
}

/**
 * Draw lines.
 * @param lines [{x, y, colour, dash, name}], arrays of numbers; what is not finite is left out.
 * @param options {log, at: a step to mark, label: below the axis}
 */
export function drawCurves(canvas, lines, colours, options = {}) {
  const { context, width, height } = fitted(canvas);
  const [right, top, bottom] = [8, 8, 20];
  const of = options.log ? (y) => Math.log10(y) : (y) => y;
  let [low, high, last] = [Infinity, -Infinity, 1];
  for (const line of lines)
    for (let i = 0; i < line.x.length; i++) {
      const y = of(line.y[i]);
      if (!Number.isFinite(y)) continue;
      low = Math.min(low, y);
      high = Math.max(high, y);
      last = Math.max(last, line.x[i]);
    }
  context.font = "11px system-ui, sans-serif";
  context.fillStyle = colours.muted;
  if (low > high) {
    context.textAlign = "center";
    context.fillText("No numbers yet", width / 2, height / 2);
    return;
  }
  if (!options.log) low = Math.min(0, low);
  if (high - low < 1e-12) [low, high] = [low - 0.5, high + 0.5];
  const shown = ticks(low, high, options.log);
  const text = (tick) => short(options.log ? 10 ** tick : Math.abs(tick) < 1e-12 ? 0 : tick);
  const left = Math.max(44, 8 + Math.max(...shown.map((tick) => context.measureText(text(tick)).width)));
  const at = (x, y) => [
    left + (x / last) * (width - left - right),
    height - bottom - ((y - low) / (high - low)) * (height - top - bottom),
  ];
  context.lineWidth = 1;
  context.textAlign = "right";
  for (const tick of shown) {
    const [, y] = at(0, tick);
    context.strokeStyle = colours.line;
    context.beginPath();
    context.moveTo(left, y);
    context.lineTo(width - right, y);
    context.stroke();
    context.fillText(text(tick), left - 5, y + 4);
  }
  context.fillText(`${Math.round(last)}`, width - right, height - 5);
  context.textAlign = "left";
  context.fillText(options.label ?? "step 0", left, height - 5);
  for (const line of lines) {
    context.beginPath();
    for (let i = 0; i < line.x.length; i++) {
      const y = of(line.y[i]);
      if (Number.isFinite(y)) context.lineTo(...at(line.x[i], y));
    }
    context.setLineDash(line.dash ?? []);
    context.strokeStyle = line.colour;
    context.lineWidth = 2;
    context.lineJoin = "round";
    context.stroke();
  }
  context.setLineDash([]);
  if (options.at !== undefined && options.at !== null) {
    const [x] = at(options.at, low);
    context.strokeStyle = colours.ink;
    context.lineWidth = 1.5;
    context.beginPath();
    context.moveTo(x, top);
    context.lineTo(x, height - bottom);
    context.stroke();
  }
}

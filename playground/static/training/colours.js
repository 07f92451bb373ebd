// Colours of maps and points, read from the page's CSS variables, so that light and dark are one truth.

const SCRATCH = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

/** A CSS colour as [red, green, blue]. */
export function rgb(colour) {
  SCRATCH.canvas.width = SCRATCH.canvas.height = 1;
  SCRATCH.fillStyle = colour;
  SCRATCH.fillRect(0, 0, 1, 1);
  return [...SCRATCH.getImageData(0, 0, 1, 1).data.slice(0, 3)];
}

const mix = (a, b, part) => a.map((each, i) => Math.round(each + (b[i] - each) * part));

/** The palette of an element: names, rgb triples, and a table of 256 colours from negative to positive. */
export function palette(element) {
  const style = getComputedStyle(element);
  const named = (name, other) => style.getPropertyValue(name).trim() || other;
  const names = {
    positive: named("--positive", "#0072b2"),
    negative: named("--negative", "#d55e00"),
    third: named("--third", "#009e73"),
    ground: named("--map-ground", "#f4f4f4"),
    ink: named("--ink", "#1a1a1a"),
    muted: named("--muted", "#666666"),
    line: named("--line", "#cccccc"),
    panel: named("--panel", "#ffffff"),
    accent: named("--accent", "#0072b2"),
  };
  const [positive, negative, third, ground] = ["positive", "negative", "third", "ground"].map((name) =>
    rgb(names[name]),
  );
  const table = new Uint8ClampedArray(256 * 4);
  for (let i = 0; i < 256; i++) {
    const part = (i - 128) / 127;
    const colour = mix(ground, part < 0 ? negative : positive, Math.min(1, Math.abs(part)) * 0.92);
    table.set([...colour, 255], 4 * i);
  }
  const pixels = new Uint32Array(table.buffer);
  const discrete = Uint32Array.from({ length: 256 }, (_, byte) => pixels[byte < 128 ? 20 : byte > 128 ? 236 : 128]);
  return { ...names, classes: [names.negative, names.positive, names.third], triples: [negative, positive, third], groundTriple: ground, table, pixels, discrete };
}

/** Of each canvas its context and an image of its size, which is written anew at every picture. */
const IMAGES = new WeakMap();

function imageOf(canvas, rows, columns) {
  const known = IMAGES.get(canvas);
  if (known && canvas.width === columns && canvas.height === rows) return known;
  [canvas.width, canvas.height] = [columns, rows];
  const context = canvas.getContext("2d", { willReadFrequently: true }); // its bytes come from the processor
  const image = context.createImageData(columns, rows);
  const made = { context, image, pixels: new Uint32Array(image.data.buffer) };
  IMAGES.set(canvas, made);
  return made;
}

/** Paint bytes (128 is zero) of shape rows × columns onto a canvas of that size. */
export function paintMap(canvas, bytes, rows, columns, colours, discrete = false) {
  const { context, image, pixels } = imageOf(canvas, rows, columns);
  const table = discrete ? colours.discrete : colours.pixels;
  for (let i = 0; i < pixels.length; i++) pixels[i] = table[bytes[i]];
  context.putImageData(image, 0, 0);
}

/** Paint classes (0, 1, 2) with their certainty (a byte) onto a canvas. */
export function paintClasses(canvas, classes, certainty, rows, columns, colours, discrete = false) {
  const { context, image, pixels } = imageOf(canvas, rows, columns);
  const table = colours.triples.map((triple) => new Uint32Array(Uint8ClampedArray.from({ length: 1024 }, (_, k) => {
    const part = discrete ? 0.7 : Math.max(0, ((k >> 2) / 255 - 1 / 3) * 1.5) * 0.8;
    return k % 4 === 3 ? 255 : colours.groundTriple[k % 4] + (triple[k % 4] - colours.groundTriple[k % 4]) * part;
  }).buffer));
  for (let i = 0; i < pixels.length; i++) pixels[i] = table[classes[i]][certainty[i]];
  context.putImageData(image, 0, 0);
}

/** A number in few characters, with a true minus sign. */
export function short(number) {
  if (number === null || number === undefined) return "–";
  const size = Math.abs(number);
  const text =
    size === 0 ? "0" : size >= 1e4 || size < 1e-3 ? number.toExponential(1) : number.toPrecision(3);
  return String(text).replace("-", "−").replace("e−", "e−").replace("e+", "e");
}

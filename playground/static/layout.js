// Lays out a graph: DOT text in, SVG text out, by Graphviz in WebAssembly. Loaded at the first call, or before.

let graphviz = null;

/** Load Graphviz, so that the first layout need not wait for it. */
export const prepare = () => (graphviz ??= import("./vendor/viz.js").then((module) => module.instance()));

/**
 * The SVG text of a graph.
 *
 * @param {string} dot the graph in Graphviz's language, as viz.draw_dot(...).source writes it
 * @param {string} [engine] the layout program: "dot", "neato", …
 * @returns {Promise<string>} SVG text from "<svg" on. Put it into the page through DOMParser, never innerHTML.
 * @throws {Error} with Graphviz's own message, if the text is no graph
 */
export async function layout(dot, engine = "dot") {
  const text = (await prepare()).renderString(dot, { format: "svg", engine });
  return text.slice(text.indexOf("<svg"));
}

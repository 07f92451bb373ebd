// The elements of the tab: what stands where, what its buttons do, and its keys.

import { Arithmetic } from "./arithmetic.js";
import { button, h } from "./dom.js";
import { Editor } from "./editor.js";
import { Graph, shortName } from "./graph.js";
import { Inspector } from "./inspector.js";
import { Leaves } from "./leaves.js";
import { Player } from "./player.js";
import { Quiz } from "./quiz.js";
import { Statements } from "./statements.js";
import { Warnings } from "./warnings.js";

const SPEEDS = { slow: 1100, medium: 450, fast: 110 };

/** Make the elements of a tab, put them on the page, and tie them to what it does. */
export function build(tab) {
  tab.menu = h("select", { "aria-label": "Examples", onchange: () => tab.opening.choose(tab.menu.value) });
  tab.language = h("select", { "aria-label": "Language" }, h("option", { value: "formula" }, "Formula"), h("option", { value: "python" }, "Python"));
  const source = h("section", { class: "panel source", "data-control": "Program" }, h("div", { class: "row" }, h("h2", {}, "Program"), tab.menu));
  tab.editor = new Editor(source, () => tab.opening.open({ step: true }), () => tab.opening.edited());
  tab.stopButton = button("Stop the program", () => tab.engine.stop?.(), { text: "Stop", hidden: true });
  tab.error = h("p", { class: "error", role: "alert", hidden: true });
  tab.note = h("p", { class: "note", hidden: true });
  source.append(tab.error, tab.note, h("div", { class: "row end" }, tab.stopButton, tab.language, button("Draw the graph (Ctrl+Enter)", () => tab.opening.open({ step: true }), { text: "Draw", class: "primary" })));
  tab.printed = h("pre", { class: "printed", hidden: true });
  source.append(tab.printed);

  const leaves = h("div");
  const leafPanel = h("section", { class: "panel leaves", "data-control": "Leaves", hidden: true }, h("div", { class: "row" }, h("h2", {}, "Leaves"), button("Put all leaves back", () => tab._resetLeaves(), { name: "reset" })), leaves);
  tab.leafPanel = leafPanel;
  tab.leaves = new Leaves(leaves, { text: tab.text, onchange: (node, x) => tab._set({ [node]: x }), onchoose: (node) => tab.choose(node) });
  tab.warnings = new Warnings(tab);

  tab.levels = h("div", { class: "segments", role: "group", "aria-label": "Level" });
  tab.crumbs = h("nav", { class: "crumbs", "aria-label": "Opened" });
  tab.canvas = h("div", { class: "canvas" });
  tab.tableBox = h("div", { class: "table-view", hidden: true, tabindex: 0 });
  tab.emptyBox = h("div", { class: "empty", hidden: true });
  tab.tableButton = button("Show the graph as a table", () => tab._table(), { name: "table", "aria-pressed": "false" });
  const tools = h("div", { class: "canvas-tools" },
    button("Zoom in (+)", () => tab.graph.zoom(1.3), { name: "plus" }), button("Zoom out (−)", () => tab.graph.zoom(1 / 1.3), { name: "minus" }),
    button("Fit the graph (0)", () => tab.graph.fit(), { name: "fit" }), tab.tableButton);
  tab.graph = new Graph(tab.canvas, { text: tab.text, onselect: (node) => tab.choose(node), onopen: (box, byWheel) => tab.levelling.open(box, byWheel) });
  tab.canvas.append(tools, tab.emptyBox);
  tab.notes = h("p", { class: "folded" });

  tab.buttons = {
    start: button("To the start (Home)", () => tab.player.go(0), { name: "start" }),
    back: button("Step back (←)", () => tab.player.go(tab.player.at - 1), { name: "back" }),
    runBack: button("Run backwards", () => tab.player.run(-1), { name: "runBack" }),
    run: button("Run (Space)", () => tab.player.run(1), { name: "run", class: "run" }),
    forward: button("Step (→)", () => tab.player.go(tab.player.at + 1), { name: "forward" }),
    end: button("To the end (End)", () => tab.player.go(tab.player.count), { name: "end" }),
  };
  tab.track = h("input", { type: "range", min: 0, max: 0, value: 0, class: "track", "aria-label": "Step of the backward pass", oninput: () => tab.player.go(Number(tab.track.value)) });
  tab.place = h("output", { class: "place" });
  const speed = h("select", { "aria-label": "Speed", onchange: () => { tab.player.speed = SPEEDS[speed.value]; if (tab.player.running) { const way = tab.player.direction; tab.player.stop(); tab.player.run(way); } } }, ...Object.keys(SPEEDS).map((name) => h("option", { value: name, selected: name === "medium" }, name)));
  tab.arithmetic = new Arithmetic(tab);
  const bar = h("div", { class: "player", "data-control": "Steps" }, h("div", { class: "buttons" }, ...Object.values(tab.buttons)), tab.track, tab.place, speed);
  const board = h("section", { class: "panel board", "aria-label": "Graph" }, h("div", { class: "row" }, tab.levels, tab.crumbs, button("Hide the gradients and fill them in", () => tab._quiz(), { text: "Quiz", class: "quiz-button" })), tab.canvas, tab.tableBox, tab.notes, bar, tab.arithmetic.element);
  tab.board = board;
  tab.player = new Player((changed) => tab._stepped(changed));

  const inspect = h("div");
  const quiz = h("div");
  tab.quiz = new Quiz(quiz, { engine: tab.engine, app: tab.app, onhide: () => tab._numbers(), onpoint: (step) => tab.graph.mark(step) });
  tab.inspector = new Inspector(inspect, { engine: tab.engine, app: tab.app, onchoose: (node) => tab.choose(node), onpaths: (paths) => tab._paths(paths), online: (line) => tab._line(line), root: () => shortName(tab.names[tab.root]) });
  const statements = h("div");
  tab.statementPanel = h("section", { class: "panel statements", "data-control": "Statements", hidden: true }, h("h2", {}, "The lifted program"), statements);
  tab.statements = new Statements(statements, { engine: tab.engine, text: tab.text, onnodes: (nodes) => tab._cells(nodes), onchoose: (node) => tab.choose(node), numbers: () => ({ names: tab.names, data: tab.data, now: tab.gradients }) });
  tab.side = h("div", { class: "column side" },
    h("section", { class: "panel quiz", "data-control": "Quiz", hidden: true }, h("h2", {}, "Quiz"), quiz),
    h("section", { class: "panel inspector", "data-control": "Node" }, h("h2", {}, "Node"), inspect),
    tab.statementPanel);
  tab.page = h("div", { class: "bw" }, h("div", { class: "column left" }, source, tab.warnings.element, leafPanel), board, tab.side);
  tab.element.replaceChildren(tab.page);
}

/** The keys of a tab. */
export function addKeys(tab) {
  const add = (key, text, handler) => tab.app.keys.add(key, text, () => (tab.data ? handler() : undefined));
  add("ArrowRight", "Step", () => tab.player.go(tab.player.at + 1));
  add("ArrowLeft", "Step back", () => tab.player.go(tab.player.at - 1));
  add(" ", "Run or pause", () => tab.player.run(1));
  add("Home", "To the start", () => tab.player.go(0));
  add("End", "To the end", () => tab.player.go(tab.player.count));
  add("+", "Zoom in", () => tab.graph.zoom(1.3));
  add("-", "Zoom out", () => tab.graph.zoom(1 / 1.3));
  add("0", "Fit the graph", () => tab.graph.fit());
  add("g", "Go into the graph: arrows move, Enter chooses", () => tab.canvas.querySelector(".box[tabindex='0']")?.focus());
  add("v", "Graph or table", () => tab._table());
  add("q", "Quiz: hide the gradients, or show them", () => tab._quiz());
  add("c", "Check the chosen node by finite differences", () => tab.inspector.element.querySelector(".about button")?.click());
  tab.app.keys.add("e", "Edit the program", () => tab.editor.area.focus());
}

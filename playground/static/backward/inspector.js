// The node that was chosen: its derivative in arithmetic, its paths, its check, its line.

import { button, h, signOf } from "./dom.js";
import { shortName } from "./graph.js";
import { renew } from "../renew.js";

export class Inspector {
  constructor(element, { engine, app, onchoose, onpaths, online, root }) {
    Object.assign(this, { element, engine, app, onchoose, onpaths, online, root });
    this.text = app.shortText;
    this.number = 0;
    this.empty();
  }

  empty(hint = "Choose a node in the graph: its derivative is explained here, with its paths to the result.") {
    this.number++;
    this.node = null;
    this.element.replaceChildren(h("p", { class: "hint" }, hint));
  }

  colored(x, name) {
    return h("b", { class: signOf(Number(x)), title: name ?? null }, this.text(x));
  }

  async show(node) {
    const number = ++this.number;
    this.node = node;
    const [about, paths] = await Promise.all([this.engine.call("backward_node", { node }), this.engine.call("backward_paths", { node, k: 8 })]);
    if (number !== this.number) return;
    if (about.error) return this.element.replaceChildren(h("p", { class: "error" }, about.error.message));
    const root = this.root();
    const parts = [this._head(about, root)];
    if (about.terms.length) parts.push(this._terms(about, root));
    if (about.operands.length) parts.push(this._operands(about));
    if (!paths.error && paths.paths.length && paths.paths[0].nodes.length > 1) parts.push(this._paths(paths, about));
    if (about.explanation) parts.push(h("details", { class: "explain" }, h("summary", {}, "The chain rule written out"), h("pre", { tabindex: 0 }, about.explanation)));
    renew(this.element, parts);
    this.onpaths(paths.error ? [] : paths.paths.slice(0, 1));
    this.app.announce(`${about.name}: value ${this.text(about.value)}, gradient ${about.reached ? this.text(about.gradient) : "not reached"}`);
  }

  _head(about, root) {
    const result = h("span", { class: "check-result", role: "status" });
    const check = button("Check by finite differences", async (event) => {
      const shown = event.currentTarget.closest(".about").querySelector(".check-result");
      const number = this.number;
      const found = await this.engine.call("backward_check", { node: about.node });
      if (number === this.number) this._checked(shown, found);
    }, { text: "Check" });
    return h("div", { class: "about", "data-name": `node ${about.node}` },
      h("h3", {}, shortName(about.name), about.op ? h("span", { class: "chip" }, about.op) : null),
      h("dl", { class: "facts" },
        h("dt", {}, "value"), h("dd", {}, this.text(about.value)),
        h("dt", {}, `∂${root}/∂${shortName(about.name)}`), h("dd", {}, about.reached ? this.colored(about.gradient) : h("span", { class: "blank" }, "not reached"), " ", check)),
      result,
      about.line ? button(`Show line ${about.line}`, () => this.online(about.line), { text: `line ${about.line}: ${about.line_text}`, class: "line-link" }) : null);
  }

  _checked(result, found) {
    if (found.error) result.textContent = found.error.message;
    else if (found.numeric === undefined) result.textContent = found.remark;
    else result.replaceChildren(
      h("span", { class: found.agrees ? "ok" : "bad" }, found.agrees ? "agrees" : "differs"),
      ` finite differences ${this.text(found.numeric)}, engine ${this.text(found.analytic)}, relative error ${this.text(found.relative_error)}`,
      found.remark ? h("span", { class: "remark" }, ` ${found.remark}`) : "");
  }

  _terms(about, root) {
    const rows = about.terms.map((term) => h("tr", {},
      h("td", {}, button(`Go to ${term.name}`, () => this.onchoose(term.node), { text: shortName(term.name), class: "link" })),
      h("td", {}, term.symbol ? h("span", { class: "symbol" }, `${shorten(term.symbol)} = `) : null, this.colored(term.local)),
      h("td", {}, this.colored(term.upstream)), h("td", {}, this.colored(term.part))));
    return h("section", {}, h("h4", {}, "Where its gradient comes from"),
      h("div", { class: "scroll" }, h("table", {}, h("thead", {}, h("tr", {}, ...["through", "local", "upstream", "product"].map((t) => h("th", {}, t)))), h("tbody", {}, rows),
        about.terms.length > 1 ? h("tfoot", {}, h("tr", {}, h("td", { colspan: 3 }, "sum"), h("td", {}, this.colored(about.gradient)))) : null)),
      about.more_terms ? h("p", { class: "note" }, `and ${about.more_terms} more`) : null);
  }

  _operands(about) {
    const rows = about.operands.map((each) => h("tr", {},
      h("td", {}, button(`Go to ${each.name}`, () => this.onchoose(each.node), { text: shortName(each.name), class: "link" })),
      h("td", {}, this.text(each.value)),
      h("td", { class: "derivative" }, each.symbol ? h("span", { class: "symbol" }, shorten(each.symbol)) : null,
        each.numbers && each.numbers !== each.symbol ? h("span", { class: "numbers" }, ` = ${shorten(each.numbers)}`) : null, " = ", this.colored(each.local))));
    return h("section", {}, h("h4", {}, "Its local derivatives"),
      h("div", { class: "scroll" }, h("table", {}, h("thead", {}, h("tr", {}, ...["by", "value", `∂${shortName(about.name)}/∂·`].map((t) => h("th", {}, t)))), h("tbody", {}, rows))),
      about.more_operands ? h("p", { class: "note" }, `and ${about.more_operands} more`) : null);
  }

  _paths(found, about) {
    const list = found.paths.map((path, index) => {
      const factors = path.factors.map((x, i) => [i ? " · " : "", h("span", { class: i === path.narrowest ? "factor narrowest" : "factor" }, this.text(x))]).reverse().flat();
      return h("li", {},
        h("button", { type: "button", class: "path", "aria-pressed": String(index === 0), onclick: (event) => {
          for (const each of event.currentTarget.closest("ol").querySelectorAll(".path")) each.setAttribute("aria-pressed", String(each === event.currentTarget));
          this.onpaths([path]);
        } },
        h("span", { class: "share" }, path.share || "–"),
        h("span", { class: "route" }, route(path.names)),
        h("span", { class: "product" }, ...chain(factors, path, this), " = ", this.colored(path.product)),
        h("span", { class: "narrow-text" }, `narrowest: ${path.narrowest_text}${path.line ? `, line ${path.line}` : ""}`)));
    });
    return h("section", {}, h("h4", {}, `${found.count} to ${this.root()}`),
      found.cancellation ? h("p", { class: "note" }, `${found.cancellation} of their size cancels.`) : null,
      h("ol", { class: "paths" }, list));
  }
}

const shorten = (text, most = 28) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** A long path by its ends. */
function route(names) {
  const short = names.map(shortName);
  return (short.length > 8 ? [...short.slice(0, 4), `… ${short.length - 7} …`, ...short.slice(-3)] : short).join(" → ");
}

/** The factors of a path from the root down; of a long one its ends and the narrowest. */
function chain(factors, path, inspector) {
  if (path.factors.length <= 8) {
    return path.factors.map((x, i) => [h("span", { class: i === path.narrowest ? "factor narrowest" : "factor" }, inspector.text(x)), i ? " · " : ""]).reverse().flat();
  }
  return [`${path.factors.length} factors, smallest `, h("span", { class: "factor narrowest" }, inspector.text(path.factors[path.narrowest]))];
}

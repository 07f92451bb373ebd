// From the loss to scalars and back: the levels, the boxes that were opened, and the way back.

import { button, h, icon } from "./dom.js";
import { renew } from "../renew.js";
import { shortName } from "./graph.js";

export class Levels {
  /** @param tab the tab: its engine, and show(answer), which draws another view of the graph */
  constructor(tab) {
    this.tab = tab;
  }

  offer(shape) {
    const names = [...shape.levels, "arithmetic", "line"];
    const titles = { loss: "One box for everything", layers: "A box for each layer", neurons: "A box for each neuron", scalars: "Every node", arithmetic: "The arithmetic of one derivative", line: "The line of the program" };
    renew(this.tab.levels, names.map((name) => button(titles[name], () => this.go(name), { text: name, "aria-pressed": String(name === shape.level) })));
    const crumb = (text, up) => button(`Back to ${text}`, async () => this.view({ up }), { text, class: "link" });
    renew(this.tab.crumbs, shape.crumbs.length || shape.opened.length ? [crumb("fold all", 0), ...shape.crumbs.map((title, i) => [icon("open"), crumb(shortName(title), i + 1)]).flat(), ...(shape.crumbs.length ? [] : shape.opened.map((title) => h("span", { class: "opened" }, shortName(title))))] : []);
  }

  async go(name) {
    if (name === "arithmetic" || name === "line") {
      const node = this.tab.inspector.node ?? this.tab.player.current?.head ?? this.tab.root;
      await this.tab.choose(node);
      if (name === "arithmetic") this.tab.inspector.element.closest(".panel").scrollIntoView({ block: "nearest", behavior: this.tab.app.reducedMotion() ? "auto" : "smooth" });
      else this.tab._line(this.tab.lines[node] || this.tab.lines[this.tab.player.current?.head ?? this.tab.root]);
      return;
    }
    await this.view({ level: name });
  }

  async view(args) {
    const answer = await this.tab.call("backward_view", args);
    if (!answer.error) await this.tab._show(answer);
  }

  /** Open a box, or for -1 fold what was opened last. While a wheel turns, once in a third of a second. */
  open(box, byWheel = false) {
    if (byWheel) {
      if (performance.now() - (this.turned ?? -1000) < 350) return;
      this.turned = performance.now();
    }
    if (box >= 0) return this.view({ box });
    if (this.tab.shape.crumbs.length) return this.view({ up: this.tab.shape.crumbs.length - 1 });
    const at = this.tab.shape.levels.indexOf(this.tab.shape.level);
    if (this.tab.shape.opened.length) return this.view({ up: 0 });
    if (at > 0) return this.view({ level: this.tab.shape.levels[at - 1] });
  }
}

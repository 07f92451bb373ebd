// The text: formulas or a program, with line numbers and a line that can be pointed at.

import { h } from "./dom.js";

const LINE = 21;

export class Editor {
  constructor(element, onenter, onedit) {
    this.gutter = h("div", { class: "gutter", "aria-hidden": "true" });
    this.band = h("div", { class: "band", "aria-hidden": "true", hidden: true });
    this.area = h("textarea", { spellcheck: "false", autocapitalize: "off", autocomplete: "off", wrap: "off", "aria-label": "Formula or program. Ctrl+Enter draws it." });
    this.area.addEventListener("input", () => { this._numbers(); this.point(0); onedit(); });
    this.area.addEventListener("scroll", () => this._place());
    this.area.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); onenter(); }
      if (event.key === "Escape") this.area.blur();
    });
    element.append(h("div", { class: "editor" }, this.gutter, h("div", { class: "sheet" }, this.band, this.area)));
  }

  get text() {
    return this.area.value;
  }

  set text(text) {
    this.area.value = text;
    this._numbers();
    this.point(0);
  }

  _numbers() {
    const count = this.text.split("\n").length;
    this.gutter.textContent = Array.from({ length: count }, (_, i) => i + 1).join("\n");
    this.area.style.height = `${Math.min(Math.max(count, 4), 15) * LINE + 18}px`;
    this._place();
  }

  /** Point at a line; 0 for none. */
  point(line, bad = false) {
    this.line = line;
    this.band.hidden = !line;
    this.band.classList.toggle("bad", bad);
    if (line) {
      const top = (line - 1) * LINE;
      if (top < this.area.scrollTop || top > this.area.scrollTop + this.area.clientHeight - LINE) this.area.scrollTop = Math.max(0, top - 60);
    }
    this._place();
  }

  _place() {
    this.gutter.style.transform = `translateY(${-this.area.scrollTop}px)`;
    if (this.line) this.band.style.transform = `translateY(${(this.line - 1) * LINE + 8 - this.area.scrollTop}px)`;
  }
}

// What a training is saved as: pictures, JSON, a program; and the way back from JSON.

import { button, make } from "./dom.js";
import { asPng, asSvg, svgText } from "./exporting.js";

export class Saving {
  /** @param page the tab: ask(op, args), load(text), drawn() and app */
  constructor(page) {
    this.page = page;
    this.element = make("section", { class: "panel save" }, make("h2", {}, "Save"), make("div", { class: "chips" },
      [["SVG", () => this.#saveSvg()], ["PNG", () => this.#savePng()], ["JSON", () => this.#saveText("json")], ["chainrule program", () => this.#saveText("program")], ["NumPy program", () => this.#saveText("numpy")]]
        .map(([text, click]) => button(text, click, { class: "chip" })),
      make("label", { class: "chip file" }, "Open JSON", make("input", { type: "file", accept: ".json,application/json", onchange: (event) => this.#open(event.target) }))),
      make("p", { class: "hint" }, "The address holds the settings: copy it to share them."));
  }

  #svg() {
    return asSvg({ ...this.page.drawn(), title: "chainrule playground" });
  }

  #save(name, mime, data) {
    if (this.page.app.download) return this.page.app.download(name, mime, data);
    const link = make("a", { href: URL.createObjectURL(new Blob([data], { type: mime })), download: name });
    link.click();
  }

  #saveSvg() {
    this.#save("playground.svg", "image/svg+xml", svgText(this.#svg()));
  }

  async #savePng() {
    const blob = await asPng(this.#svg());
    this.#save("playground.png", "image/png", new Uint8Array(await blob.arrayBuffer()));
  }

  async #saveText(form) {
    const found = await this.page.ask("export", { form });
    if (found) this.#save(found.name, form === "json" ? "application/json" : "text/x-python", found.text);
  }

  async #open(input) {
    if (input.files[0]) await this.page.load(await input.files[0].text());
    input.value = "";
  }
}

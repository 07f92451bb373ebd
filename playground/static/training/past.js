// The past of a training: a slider over its course, a look back, and a way to go on from there.

import { button, make } from "./dom.js";
import { renew } from "../renew.js";

export class Past {
  /** @param page the tab: ask(op, args), its playing, its picture, redraw() and answered(picture) */
  constructor(page) {
    this.page = page;
    this.entry = null; // of the course, where the past is shown
    this.slider = make("input", { type: "range", min: 0, max: 0, value: 0, "aria-label": "History", oninput: () => this.#look() });
    this.text = make("div", { class: "row past" });
  }

  /** The course has so many entries now. */
  grown(entries) {
    this.slider.max = entries - 1;
    if (this.entry === null) this.slider.value = this.slider.max;
  }

  /** Show the present, without asking for it: something else does. */
  leave() {
    this.entry = null;
    this.form();
  }

  async #look() {
    this.page.playing.pause();
    this.entry = Number(this.slider.value);
    if (this.looking) return;
    this.looking = true;
    while (this.entry !== null) {
      const { entry } = this;
      const picture = await this.page.ask("look_back", { entry });
      if (picture) {
        this.page.picture = picture;
        this.page.redraw();
        this.page.diagnosis.draw(picture.diagnosis);
      }
      if (entry === this.entry) break;
    }
    this.looking = false;
    this.form();
  }

  form() {
    if (this.entry === null) return renew(this.text);
    renew(this.text, make("span", {}, `As it was at step ${this.page.picture.step}.`),
      button("Back to now", () => this.present()),
      button("Go on from here", async () => { const { entry } = this; this.entry = null; this.form(); this.page.answered(await this.page.ask("go_back", { entry })); }));
  }

  /** Show the present again, if the past is shown. */
  async present() {
    if (this.entry === null) return;
    this.entry = null;
    this.form();
    this.page.answered(await this.page.ask("train", { steps: 0 }));
  }
}

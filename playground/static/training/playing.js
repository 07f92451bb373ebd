// Training: play and pause, one batch or epoch, begin anew. The next answer is asked for while the last is drawn.

import { short } from "./colours.js";
import { icon, make } from "./dom.js";
import { Pace } from "./pace.js";
import { renew } from "../renew.js";

const TEXTS_MS = 125; // numbers and lines are drawn eight times a second, maps as often as can be

export class Playing {
  /** @param tab the tab: its view, picture, past, ask, show and diagnose */
  constructor(tab) {
    this.tab = tab;
    this.going = null; // the run that goes on: a token of its own
    this.rest = null; // of an epoch that is trained in several answers: likewise
  }

  get on() {
    return this.going !== null;
  }

  toggle() {
    if (this.on) this.pause();
    else this.play();
  }

  pause() {
    this.going = null;
    this.leave();
    this.#look();
  }

  /** Leave the rest of an epoch that was asked for by hand. */
  leave() {
    this.rest = null;
  }

  #look() {
    renew(this.tab.playButton, icon(this.on ? "pause" : "play"), make("span", {}, this.on ? "Pause" : "Play"));
    this.tab.playButton.setAttribute("aria-label", this.on ? "Pause" : "Play");
  }

  async play() {
    if (this.on) return;
    const run = (this.going = {});
    this.leave();
    this.#look();
    await this.tab.past.present();
    if (this.going !== run) return;
    const pace = new Pace(this.tab.engine.kind === "worker");
    const amount = () => ({ step: { steps: 1 }, epoch: { epochs: 1, budget_ms: Math.max(60, pace.share) }, fast: { budget_ms: pace.budget } })[this.tab.view.speed];
    let next = this.tab.ask("train", this.tab.view.speed === "step" ? { steps: 1 } : { epochs: 1 });
    let pictures = 0;
    let whole = performance.now();
    while (this.going === run) {
      const picture = await next;
      if (this.going !== run || !picture || !this.tab.element.isConnected) break;
      const points = (picture.arrays.train_targets ?? this.tab.picture.arrays.train_targets).length;
      if (picture.stopped || !points) {
        this.tab.show(picture);
        if (!points) this.tab.complain({ message: "There are no points to train with. Draw some on the right." });
        break;
      }
      if (this.tab.app.visible === false) this.pause(); // another tab is shown
      const brief = performance.now() < whole + TEXTS_MS;
      if (!brief) whole = performance.now();
      if (this.going === run) next = this.tab.ask("train", { ...amount(), brief }); // trained while this one is drawn
      this.tab.show(picture);
      this.pictures = ++pictures;
      await new Promise(requestAnimationFrame);
      pace.drawn();
    }
    const over = () => !this.on && this.tab.past.entry === null && this.tab.element.isConnected;
    if (this.going === run) this.pause();
    const last = await next; // the engine is ahead of what was drawn
    if (!over()) return; // a newer run, or the past, is shown
    const present = last?.stopped ? last : await this.tab.ask("train", { steps: 0 });
    if (!over()) return;
    if (present) this.tab.show(present);
    if (this.tab.picture) {
      this.tab.diagnose(performance.now());
      this.tab.app.announce?.(`Epoch ${this.tab.picture.epoch}, train loss ${short(this.tab.picture.train_loss)}. ${this.tab.picture.stopped}`);
    }
  }

  /** Train one batch, or one epoch: an answer ends when its time is over, the epoch may take several. */
  async run(amount) {
    this.pause();
    const rest = (this.rest = {});
    await this.tab.past.present();
    let picture;
    do {
      picture = await this.tab.ask("train", amount);
      this.tab.answered(picture);
    } while (picture?.cut && this.rest === rest && this.tab.element.isConnected);
    if (picture) this.tab.app.announce?.(`Epoch ${picture.epoch}, step ${picture.step}, train loss ${short(picture.train_loss)}`);
  }

  async reset() {
    this.leave();
    this.tab.past.leave();
    this.tab.answered(await this.tab.ask("reset"));
  }
}

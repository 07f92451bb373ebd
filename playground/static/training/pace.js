// How long to train for between two pictures: so long that the pictures come evenly, and training has its share.

const AIMS = { server: { period: 36, least: 10, most: 30 }, worker: { period: 60, least: 16, most: 45 } };
const SHARE = 0.35; // of the time between two pictures that training takes at least, on a busy machine
const LONGEST = 500; // of these shares: a click is answered after it

export class Pace {
  /** @param {boolean} inTab whether the engine runs in the tab, where a step takes ten times as long */
  constructor(inTab) {
    Object.assign(this, AIMS[inTab ? "worker" : "server"]);
    this.budget = this.least;
    this.last = null;
    this.share = 0; // of the time between the last two pictures
  }

  /** A picture has been drawn. */
  drawn(now = performance.now()) {
    if (this.last !== null) {
      const period = now - this.last;
      this.share = Math.min(LONGEST, SHARE * period);
      this.budget = Math.min(this.most, Math.max(this.least, this.budget * (period > this.period ? 0.9 : 1.1)));
      this.budget = Math.max(this.share, this.budget);
    }
    this.last = now;
  }
}

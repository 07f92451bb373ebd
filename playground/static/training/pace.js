// How long to train for between two pictures: so long that the pictures come evenly, and training has its share.

const AIMS = { server: { period: 36, least: 10, most: 24 }, worker: { period: 60, least: 16, most: 45 } };

export class Pace {
  /** @param {boolean} inTab whether the engine runs in the tab, where a step takes ten times as long */
  constructor(inTab) {
    Object.assign(this, AIMS[inTab ? "worker" : "server"]);
    this.budget = this.least;
    this.last = null;
  }

  /** A picture has been drawn. */
  drawn(now = performance.now()) {
    if (this.last !== null) {
      const factor = now - this.last > this.period ? 0.9 : 1.1;
      this.budget = Math.max(this.least, Math.min(this.most, this.budget * factor));
    }
    this.last = now;
  }
}

// The sweep as a film: which step has been done, and what each node's gradient is after it.
// All numbers come from the engine's own steps: head, slot, tail, local, upstream, part, before, after.

const WIDTH = 8;

export class Player {
  constructor(onchange) {
    this.onchange = onchange;
    this.count = 0;
    this.at = 0;
    this.timer = null;
    this.speed = 500;
  }

  /** Take new steps; the place is kept if there are as many as before, else the film stands at its end. */
  load(steps, nodes, root, { keep = false, end = true } = {}) {
    const count = steps.length / WIDTH;
    const place = keep && count === this.count ? this.at : end ? count : 0;
    this.steps = steps;
    this.count = count;
    this.root = root;
    this.nodes = nodes;
    this.first = new Int32Array(nodes).fill(-1);
    for (let t = count - 1; t >= 0; t--) this.first[steps[t * WIDTH + 2]] = t;
    this.now = new Float64Array(nodes);
    this.reached = new Uint8Array(nodes);
    this._jump(place);
  }

  step(t) {
    const [head, slot, tail, local, upstream, part, before, after] = this.steps.subarray(t * WIDTH, t * WIDTH + WIDTH);
    return { head, slot, tail, local, upstream, part, before, after };
  }

  /** The step that was done last; null at the start. */
  get current() {
    return this.at > 0 ? this.step(this.at - 1) : null;
  }

  _jump(place) {
    this.now.fill(0);
    this.reached.fill(0);
    this.reached[this.root] = 1;
    this.now[this.root] = 1;
    for (let t = 0; t < place; t++) this._do(t);
    this.at = place;
  }

  _do(t) {
    const tail = this.steps[t * WIDTH + 2];
    this.now[tail] = this.steps[t * WIDTH + 7];
    this.reached[tail] = 1;
    return tail;
  }

  _undo(t) {
    const tail = this.steps[t * WIDTH + 2];
    this.now[tail] = this.steps[t * WIDTH + 6];
    this.reached[tail] = this.first[tail] === t && tail !== this.root ? 0 : 1;
    return tail;
  }

  /** Go to a place; tells which nodes changed, or null for all. */
  go(place) {
    const to = Math.max(0, Math.min(this.count, place));
    const far = Math.abs(to - this.at) > 64;
    const changed = new Set();
    if (far) this._jump(to);
    else {
      while (this.at < to) changed.add(this._do(this.at++));
      while (this.at > to) changed.add(this._undo(--this.at));
    }
    this.onchange(far ? null : changed);
    if (this.timer && ((this.direction > 0 && this.at === this.count) || (this.direction < 0 && this.at === 0))) this.stop();
  }

  get running() {
    return this.timer !== null;
  }

  run(direction = 1) {
    if (this.running) return this.stop();
    if (direction > 0 && this.at === this.count) this.go(0);
    if (direction < 0 && this.at === 0) this.go(this.count);
    this.direction = direction;
    const stride = Math.max(1, Math.round(this.count / 400)); // a long sweep runs in a bearable time
    this.timer = setInterval(() => this.go(this.at + direction * stride), this.speed);
    this.onchange(new Set());
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    this.onchange(new Set());
  }
}

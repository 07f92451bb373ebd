// The sweep as a film: which step has been done, and what each node's gradient is after it.
// The engine says which edges are walked, in its order, and the local gradients along them; each part and each sum
// is found here by the same multiplication and addition, so that all numbers are the engine's to the last bit.

export class Player {
  constructor(onchange) {
    this.onchange = onchange;
    this.count = 0;
    this.at = 0;
    this.timer = null;
    this.speed = 500;
  }

  /**
   * Take new steps; the place is kept if there are as many as before, else the film stands at its end.
   *
   * @param {object} arrays data; edges (heads, then slots, then tails), local and grad, or none while the backward
   *   pass is still to come; where hooks had a say upstream and parts; of the edges that are not walked, which
   *   pass nothing on, still (heads, then slots) and still_local
   */
  load({ data, edges, local, grad, upstream, parts, still, still_local }, root, { keep = false, end = true } = {}) {
    this.waiting = !edges;
    edges ??= new Int32Array(0), local ??= new Float64Array(0), grad ??= new Float64Array(data.length);
    const count = local.length, nodes = grad.length;
    const place = keep && count === this.count ? this.at : end ? count : 0;
    const [heads, slots, tails] = [0, 1, 2].map((row) => edges.subarray(row * count, (row + 1) * count));
    Object.assign(this, { count, root, nodes, heads, slots, tails, local });
    this.still = new Map([...(still_local ?? [])].map((number, k) => [`${still[k]} ${still[k + still_local.length]}`, number]));
    this.upstream = upstream ?? { at: (t) => grad[heads[t]] };
    this.after = new Float64Array(count);
    this.last = new Int32Array(count); // the step before that adds to the same node
    this.now = new Float64Array(nodes);
    this.reached = new Uint8Array(nodes);
    this.now[root] = 1;
    const latest = new Int32Array(nodes).fill(-1);
    for (let t = 0; t < count; t++) {
      const tail = tails[t];
      const part = parts ? parts[t] : local[t] * grad[heads[t]];
      this.last[t] = latest[tail];
      latest[tail] = t;
      this.now[tail] = this.after[t] = slots[t] < 0 ? part : this.now[tail] + part;
    }
    this.part = (t) => (parts ? parts[t] : local[t] * grad[heads[t]]);
    this._jump(place);
  }

  step(t) {
    return { head: this.heads[t], slot: this.slots[t], tail: this.tails[t], local: this.local[t],
      upstream: this.upstream.at(t), part: this.part(t), before: this._before(t), after: this.after[t] };
  }

  _before(t) {
    return this.last[t] >= 0 ? this.after[this.last[t]] : this.tails[t] === this.root ? 1 : 0;
  }

  /** The local gradient along an edge; undefined where none is asked for. Heads come in descending order. */
  localOf(head, slot) {
    let [low, high] = [0, this.count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.heads[middle] > head) low = middle + 1;
      else high = middle;
    }
    for (let t = low; this.heads[t] === head; t++) if (this.slots[t] === slot) return this.local[t];
    return this.still.get(`${head} ${slot}`);
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
    const tail = this.tails[t];
    this.now[tail] = this.after[t];
    this.reached[tail] = 1;
    return tail;
  }

  _undo(t) {
    const tail = this.tails[t];
    this.now[tail] = this._before(t);
    this.reached[tail] = this.last[t] < 0 && tail !== this.root ? 0 : 1;
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

// Carriers: a local server or a worker with Pyodide. Both answer call(op, args) with {...head, arrays}.

/** An answer's bytes as an object; arrays are typed arrays that carry their `shape`. */
export function unpack(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const arrays = {};
  for (const [name, { offset, dtype, shape }] of Object.entries(head.arrays)) {
    const size = shape.reduce((product, side) => product * side, 1);
    const Kind = dtype === "uint8" ? Uint8Array : Float64Array;
    arrays[name] = Object.assign(new Kind(buffer, 4 + length + offset, size), { shape });
  }
  return { ...head, arrays };
}

/** An error as both engines answer it. */
const failed = (message, hint) => ({ error: hint ? { message, hint } : { message }, arrays: {} });

/** Asks the local server that served the page. */
export class ServerEngine {
  constructor(token) {
    this.token = token;
    this.kind = "server";
    this.onstate = () => {};
  }

  async start() {
    this.onstate("starting");
    const answer = await this.call("hello", {});
    if (answer.error) throw new Error(answer.error.message);
    this.onstate("ready");
    return answer;
  }

  async call(op, args = {}) {
    let response;
    try {
      response = await fetch("call", {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Token": this.token },
        body: JSON.stringify({ op, args }),
      });
    } catch {
      this.lost = true;
      this.onstate("stopped");
      return failed("The server does not answer.", "Start `python -m playground` again and open the address it prints.");
    }
    if (this.lost) {
      this.lost = false;
      this.onstate("ready");
    }
    if (!response.ok) return failed((await response.text()).trim());
    return unpack(await response.arrayBuffer());
  }
}

/** Asks a worker in this tab. It is ended and started again when it dies or does not answer in time. */
export class WorkerEngine {
  constructor(start = () => new Worker("worker.js", { type: "module" })) {
    this.kind = "worker";
    this.newWorker = start;
    this.waiting = new Map();
    this.next = 0;
    this.limit = 30_000;
    this.onstate = () => {};
  }

  async start() {
    this.onstate("starting");
    this._begin();
    const answer = await this.call("hello", {}, 120_000);
    if (answer.error) throw new Error(answer.error.message);
    this.onstate("ready");
    return answer;
  }

  _begin() {
    const worker = this.newWorker();
    this.worker = worker;
    worker.onmessage = ({ data }) => {
      if (worker !== this.worker) return;
      if (data.state) return this.onstate(data.state, data.text);
      const question = this.waiting.get(data.id);
      if (!question) return;
      this.waiting.delete(data.id);
      clearTimeout(question.timer);
      question.resolve(data.error ? failed(data.error.message ?? String(data.error), data.error.hint) : unpack(data.buffer));
    };
    worker.onerror = (event) => {
      event.preventDefault?.();
      if (worker === this.worker) this.restart(event.message || "The engine stopped.");
    };
    worker.onmessageerror = () => worker === this.worker && this.restart("The engine sent what cannot be read.");
  }

  /** End the worker and start another; whoever waits is told why. */
  restart(why = "Stopped.") {
    this.worker?.terminate();
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    for (const question of waiting) {
      clearTimeout(question.timer);
      question.resolve(failed(why, "The engine starts again; your program is kept."));
    }
    this.onstate("restarting", why);
    this._begin();
    this.call("hello", {}, 120_000).then((answer) => answer.error || this.onstate("restarted", why));
  }

  call(op, args = {}, limit = this.limit) {
    return new Promise((resolve) => {
      const id = this.next++;
      const timer = setTimeout(
        () => this.restart(`Stopped after ${limit / 1000} s: the program takes too long or never ends.`),
        limit,
      );
      this.waiting.set(id, { resolve, timer });
      this.worker.postMessage({ id, op, args });
    });
  }
}

/** The engine that the address asks for: with `#token=…` the server, without it the worker. */
export function connect(fragment = location.hash) {
  const token = new URLSearchParams(fragment.slice(1)).get("token");
  const given = globalThis.chainrule?.engine; // a notebook's widget, or the single file, brings its own
  return given ? given() : token ? new ServerEngine(token) : new WorkerEngine();
}

// The engine without a server: asks a worker that runs it (worker.js), and starts another when that one ends.

import { unpack } from "./client.js";

const LIMIT_MS = 30_000;
const LOADING_MS = 180_000;
const PATIENCE_MS = 3_000; // for Python to notice an interrupt; then its worker is ended
const AGAIN_MS = 50; // Python drops an interrupt that reaches it in a finalizer, so it is interrupted anew
const KEPT = "The program is kept: change it and run it again.";

/** Calls whose last success is repeated in a new worker, so that what was open is open again. */
const OPENING = new Set(["backward_open", "configure"]);

const failed = (message, hint) => ({ error: hint ? { message, hint } : { message }, arrays: {} });

/** Where the worker and its files are: beside this module. The single file brings its own. */
const beside = {
  worker: () => new Worker(new URL("./worker.js", import.meta.url), { type: "module" }),
  start: async () => ({ base: new URL("./pyodide/", import.meta.url).href }),
};

/** Asks a worker in this tab, one question at a time. `onstate(state, text, fraction)` is told how it is. */
export class WorkerEngine {
  /** @param {object} [source] {worker(): Worker, start(): Promise<{base, files?}>}; default: files beside the page */
  constructor(source = beside) {
    this.kind = "worker";
    this.limit = LIMIT_MS;
    this.onstate = () => {};
    this.source = source;
    this.opened = new Map();
    this.queue = Promise.resolve();
    this.running = null; // {id, resolve, timer, why}, the one question that the worker has; why it is stopped
    this.next = 0;
  }

  /** The answer to "hello", once Python, NumPy and the engine are loaded. */
  async start() {
    this.onstate("starting", "Loading Python", 0);
    await this.#begin();
    const answer = await this.call("hello", {}, LOADING_MS);
    if (answer.error) throw new Error(answer.error.message);
    this.onstate("ready");
    return answer;
  }

  /**
   * What Session.call(op, args) answers. Questions wait for one another.
   *
   * @param {number} [limit] milliseconds after which it is stopped; default 30,000
   * @returns {Promise<object>} {...head, arrays}; {error: {message, hint}} where the engine refuses, was stopped or ended
   */
  call(op, args = {}, limit = this.limit) {
    const answer = this.queue.then(async () => {
      await this.reopened;
      const answer = await this.#ask(op, args, limit);
      if (!answer.error && OPENING.has(op)) this.opened.set(op, args);
      return answer;
    });
    this.queue = answer;
    return answer;
  }

  /** Stop the question that runs: by an interrupt where the browser shares memory, else by a new worker. */
  stop(why = "Stopped.") {
    const { running } = this;
    if (!running || running.why) return;
    if (!this.interrupt) return this.restart(why);
    running.why = why;
    const end = performance.now() + PATIENCE_MS;
    const interrupt = () => {
      if (this.running !== running) return;
      if (performance.now() > end) return this.restart(why);
      this.interrupt[0] = 2;
      setTimeout(interrupt, AGAIN_MS);
    };
    interrupt();
  }

  /** End the worker and start another, with what was open. Whoever waits is told why. */
  restart(why = "Stopped.") {
    this.worker?.terminate();
    this.onstate("restarting", why);
    let done;
    this.reopened = new Promise((resolve) => (done = resolve));
    this.#settle(failed(why, `The engine starts again. ${KEPT}`));
    this.#begin().then(async () => {
      const answer = await this.#ask("hello", {}, LOADING_MS);
      for (const [op, args] of answer.error ? [] : this.opened) await this.#ask(op, args, LOADING_MS);
      this.reopened = null;
      done();
      if (!answer.error) this.onstate("restarted", why);
    });
  }

  #ask(op, args, limit) {
    return new Promise((resolve) => {
      if (this.lost) return resolve(failed(this.lost, "Load the page again."));
      const id = this.next++;
      const seconds = limit / 1000;
      const timer = setTimeout(() => this.stop(`Stopped after ${seconds} s: the program takes too long or never ends.`), limit);
      this.running = { id, resolve, timer };
      if (this.interrupt) this.interrupt[0] = 0; // one that came too late for the question before
      this.worker.postMessage({ id, op, args });
    });
  }

  #settle(answer) {
    const { running } = this;
    this.running = null;
    clearTimeout(running?.timer);
    running?.resolve(answer);
  }

  async #begin() {
    const worker = this.source.worker();
    let loaded = false;
    this.worker = worker;
    this.interrupt = globalThis.crossOriginIsolated ? new Uint8Array(new SharedArrayBuffer(1)) : null;
    const ended = (why) => {
      if (worker !== this.worker) return;
      if (loaded) return this.restart(`The engine stopped: ${why}`);
      this.lost = `Python could not be loaded: ${why}`; // another worker would not do better
      this.onstate("stopped", this.lost);
      this.#settle(failed(this.lost, "Load the page again."));
    };
    worker.onmessage = ({ data }) => {
      if (worker !== this.worker) return;
      if (data.state) return this.onstate(data.state, data.text, data.fraction);
      if (data.fatal !== undefined) return ended(data.fatal);
      if (data.id !== this.running?.id) return;
      loaded = true;
      this.#settle(data.interrupted ? failed(this.running.why ?? "Stopped.", KEPT) : unpack(data.buffer));
    };
    worker.onerror = (event) => {
      event.preventDefault?.();
      ended(event.message || "its worker could not run");
    };
    worker.onmessageerror = () => ended("it sent what cannot be read");
    worker.postMessage({ start: { ...(await this.source.start()), interrupt: this.interrupt } });
  }
}

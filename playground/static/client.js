// Carriers: a local server or a worker with Pyodide. Both answer call(op, args) with {...head, arrays}.

import { WorkerEngine } from "./worker_engine.js";

export { WorkerEngine };

const KINDS = { uint8: Uint8Array, int32: Int32Array, float64: Float64Array };

/** An answer's bytes as an object; arrays are typed arrays that carry their `shape`. */
export function unpack(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const arrays = {};
  for (const [name, { offset, dtype, shape }] of Object.entries(head.arrays)) {
    const size = shape.reduce((product, side) => product * side, 1);
    arrays[name] = Object.assign(new KINDS[dtype](buffer, 4 + length + offset, size), { shape });
  }
  return { ...head, arrays };
}

/** An error as both engines answer it. */
const failed = (message, hint) => ({ error: hint ? { message, hint } : { message }, arrays: {} });

/** Whether nobody else holds the name; then it is held until the page goes. */
const held = (name) =>
  new Promise((resolve) => {
    const hold = (lock) => (resolve(lock !== null), lock && new Promise(() => {}));
    navigator.locks.request(name, { ifAvailable: true }, hold).catch(() => resolve(true));
  });

/** By what the server knows this page: the same when it is loaded again, another in another tab. */
async function pageName() {
  try {
    sessionStorage.page ??= crypto.randomUUID();
    // A duplicated tab brings its twin's name along.
    while (!(await held(sessionStorage.page))) sessionStorage.page = crypto.randomUUID();
    return sessionStorage.page;
  } catch {
    return ""; // where a browser stores nothing
  }
}

/** Asks the local server that served the page. */
export class ServerEngine {
  constructor(token) {
    this.token = token;
    this.page = "";
    this.kind = "server";
    this.onstate = () => {};
  }

  async start() {
    this.onstate("starting");
    this.page ||= await pageName();
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
        headers: { "Content-Type": "application/json", "X-Token": this.token, "X-Page": this.page },
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

/** The engine that the address asks for: with `#token=…` the server, without it the worker. */
export function connect(fragment = location.hash) {
  const token = new URLSearchParams(fragment.slice(1)).get("token");
  const given = globalThis.chainrule?.engine; // a notebook's widget, or the single file, brings its own
  const engine = given ? given() : token ? new ServerEngine(token) : new WorkerEngine();
  (globalThis.chainrule ??= {}).running = engine; // for a test, and for whoever looks from the browser's console
  return engine;
}

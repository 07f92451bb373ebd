// The real engine in a tab: CPython in WebAssembly (Pyodide) in a worker of its own, so that the page never waits.
//
// The first message is {start: {base, files?, interrupt?}}; then each {id, op, args} is answered by {id, buffer}, the
// bytes of Session.call, or {id, interrupted}, or {id, fatal: text} when this worker can go on no longer. While it
// loads it says {state, text, fraction}.

let answer = null;
let ready = null;

self.onmessage = async ({ data: { id, op, args, start } }) => {
  try {
    if (start) {
      ready = load(start);
      return await ready;
    }
    await ready;
    const proxy = answer(op, JSON.stringify(args));
    if (!proxy) return self.postMessage({ id, interrupted: true });
    const view = proxy.getBuffer("u8");
    const buffer = view.data.slice().buffer;
    view.release();
    proxy.destroy();
    self.postMessage({ id, buffer }, [buffer]);
  } catch (error) {
    // An error of a program is an answer of Session.call. What arrives here is a second interrupt, or this worker's end.
    if (error?.type === "KeyboardInterrupt") self.postMessage({ id, interrupted: true });
    else self.postMessage({ id, fatal: String(error?.message ?? error).trim().slice(-2000) });
  }
};

/** Load Python, NumPy and the engine: from the folder at the address `base`, or from `files`, bytes by name. */
async function load({ base, files, interrupt }) {
  if (files) self.fetch = async (address) => given(files, String(address.url ?? address));
  tell("Loading Python", 0.05);
  const { loadPyodide } = await import(files ? moduleOf(files["pyodide.mjs"]) : `${base}pyodide.mjs`);
  if (files) await import(moduleOf(files["pyodide.asm.js"]));
  const engine = fetch(`${base}engine.zip`).then(bytesOf);
  engine.catch(() => {});
  const python = await loadPyodide({ indexURL: base, stdout: () => {} });
  tell("Loading NumPy", 0.5);
  await python.loadPackage("numpy", { messageCallback: () => {} });
  tell("Loading the engine", 0.8);
  const site = python.runPython("import site; site.getsitepackages()[0]");
  python.unpackArchive(await engine, "zip", { extractDir: site });
  answer = python.runPython("from playground.build.tab import answer; answer");
  if (interrupt) python.setInterruptBuffer(interrupt);
}

const tell = (text, fraction) => self.postMessage({ state: "starting", text, fraction });

async function bytesOf(response) {
  if (!response.ok) throw new Error(`${response.url} is missing (${response.status})`);
  return response.arrayBuffer();
}

const moduleOf = (bytes) => URL.createObjectURL(new Blob([bytes], { type: "text/javascript" }));

/** What fetch would answer, out of the files that came with the page. */
function given(files, address) {
  const bytes = files[address.slice(address.lastIndexOf("/") + 1)];
  const type = address.endsWith(".wasm") ? "application/wasm" : "application/octet-stream";
  return bytes ? new Response(bytes, { headers: { "Content-Type": type } }) : new Response(null, { status: 404 });
}

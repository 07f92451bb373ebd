// Starts the single file: unpacks what stands in #packed, names the modules for their imports, hands the engine's
// files to the worker. Not part of the page over a server.

(async () => {
  const packed = JSON.parse(document.getElementById("packed").textContent);
  document.getElementById("packed").remove();

  async function bytes(text) {
    const letters = atob(text);
    const zipped = Uint8Array.from({ length: letters.length }, (_, i) => letters.charCodeAt(i));
    const stream = new Blob([zipped]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  }

  const all = async (group, make) =>
    Object.fromEntries(
      await Promise.all(Object.entries(group).map(async ([name, text]) => [name, make(await bytes(text))])),
    );
  const address = (content) => URL.createObjectURL(new Blob([content], { type: "text/javascript" }));

  const imports = await all(packed.modules, address);
  const map = document.createElement("script");
  map.type = "importmap";
  map.textContent = JSON.stringify({ imports });
  document.head.append(map);

  let files = null;
  const source = {
    worker: () => new Worker(imports["page/worker.js"]),
    async start() {
      files ??= await all(packed.engine, (content) => content);
      return { base: "https://packed.invalid/", files };
    },
  };
  if (!globalThis.chainrule) { // a notebook's widget brings its own
    const { WorkerEngine } = await import("page/worker_engine.js");
    globalThis.chainrule = { engine: () => new WorkerEngine(source) };
  }
  for (const name of packed.main) await import(name);
})();

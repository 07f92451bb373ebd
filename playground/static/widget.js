// The engine of the page in a notebook: asks the widget around it, which asks the kernel.

{
  const waiting = new Map();
  let next = 0;
  addEventListener("message", async ({ source, data }) => {
    if (source !== parent || !waiting.has(data?.id)) return;
    const resolve = waiting.get(data.id);
    waiting.delete(data.id);
    const { unpack } = await import("page/client.js");
    resolve(unpack(data.buffer));
  });
  const engine = {
    kind: "notebook",
    onstate() {},
    async start() {
      this.onstate("starting", "Asking the kernel…");
      const answer = await this.call("hello");
      if (answer.error) throw new Error(answer.error.message);
      this.onstate("ready");
      return answer;
    },
    call(op, args = {}) {
      return new Promise((resolve) => {
        waiting.set(next, resolve);
        parent.postMessage({ chainrule: { id: next++, op, args } }, "*");
      });
    },
  };
  globalThis.chainrule = { engine: () => engine };
}

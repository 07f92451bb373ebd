// The widget in a notebook: the page in a frame, whose questions it hands on to the kernel. HTML and HEIGHT stand before.

export default {
  render({ model, el }) {
    const frame = document.createElement("iframe");
    frame.title = "chainrule";
    frame.sandbox = "allow-scripts allow-downloads allow-modals";
    frame.style.cssText = `width: 100%; height: ${HEIGHT}px; border: 0; border-radius: 10px; color-scheme: normal;`;
    const asked = (event) => {
      if (event.source === frame.contentWindow && event.data?.chainrule) model.send(event.data.chainrule);
    };
    const answered = (message, buffers) => {
      const { buffer, byteOffset, byteLength } = buffers[0];
      frame.contentWindow?.postMessage({ id: message.id, buffer: buffer.slice(byteOffset, byteOffset + byteLength) }, "*");
    };
    addEventListener("message", asked);
    model.on("msg:custom", answered);
    frame.srcdoc = isDark() ? HTML.replace("<html", '<html data-theme="dark"') : HTML;
    el.append(frame);
    return () => { removeEventListener("message", asked); model.off("msg:custom", answered); };
  },
};

/** @returns whether the notebook around is dark, as JupyterLab, VS Code and others say in their own ways. */
function isDark() {
  const { body } = document;
  return body.dataset.jpThemeLight === "false" || /dark/.test(`${body.className} ${getComputedStyle(body).colorScheme}`);
}

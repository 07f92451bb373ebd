// The state in the address: #token=…&tab=…&backward={…}&training={…}&lesson=…

/** The fragment where the browser refuses to change it, as in a notebook's frame. */
let kept = null;

const read = () => new URLSearchParams(kept ?? location.hash.slice(1));

/** A part of the address as text; null if it is not there. */
export const part = (name) => read().get(name);

/** Write parts of the address, without a step in the browser's history; null takes one away. */
export function write(parts) {
  const all = read();
  for (const [name, text] of Object.entries(parts)) text === null ? all.delete(name) : all.set(name, text);
  try {
    history.replaceState(null, "", `#${all}`);
    kept = null;
  } catch {
    kept = String(all); // too many changes in a second, or a frame without an address
  }
}

/** What a tab keeps; undefined if it kept nothing, or what stands there cannot be read. */
export function load(name) {
  try {
    const found = JSON.parse(part(name));
    return found !== null && typeof found === "object" ? found : undefined;
  } catch {
    return undefined;
  }
}

addEventListener("hashchange", () => { kept = null; });

/** The address as one gives it to another person: without the token, which is of this machine only. */
export function shared(parts = {}) {
  const all = read();
  all.delete("token");
  for (const [name, text] of Object.entries(parts)) text === null ? all.delete(name) : all.set(name, text);
  return `#${all}`;
}

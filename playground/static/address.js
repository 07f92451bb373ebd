// The state in the address: #token=…&tab=…&backward={…}&training={…}&lesson=…

/** The fragment where the browser refuses to change it, as in a notebook's frame. */
let kept = null;

/** Marks the steps of the history that the page made. */
const OURS = { page: "chainrule" };

/** The parts as they were last written. */
let latest = new URLSearchParams(location.hash.slice(1));

const read = () => new URLSearchParams(kept ?? location.hash.slice(1));

/** A part of the address as text; null if it is not there. */
export const part = (name) => read().get(name);

/** Write parts of the address; null takes one away. `step` makes it a step of the browser's history, to come back from. */
export function write(parts, step = false) {
  const all = read();
  for (const [name, text] of Object.entries(parts)) text === null ? all.delete(name) : all.set(name, text);
  try {
    const same = `#${all}` === `#${read()}`;
    history[step && !same ? "pushState" : "replaceState"](OURS, "", `#${all}`);
    kept = null;
  } catch {
    kept = String(all); // too many changes in a second, or a frame without an address
  }
  latest = all;
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

/** Call `back(changed)` when the browser goes to another step of its history: the parts named are of that step, others stay. */
export function onstep(names, back) {
  addEventListener("popstate", (event) => {
    if (event.state?.page !== OURS.page) return; // an address that was typed by hand
    const there = read();
    const changed = names.filter((name) => there.get(name) !== latest.get(name));
    const all = new Set([...there.keys(), ...latest.keys()]);
    write(Object.fromEntries([...all].map((name) => [name, (names.includes(name) ? there : latest).get(name)])));
    back(changed);
  });
}

/** The address as one gives it to another person: without the token, which is of this machine only. */
export function shared(parts = {}) {
  const all = read();
  all.delete("token");
  for (const [name, text] of Object.entries(parts)) text === null ? all.delete(name) : all.set(name, text);
  return `#${all}`;
}

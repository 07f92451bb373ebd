// The shell: connects to an engine, mounts the two tabs, and offers them what they share.

import { load, onstep, part, write } from "./address.js";
import { connect } from "./client.js";
import { Keys } from "./keys.js";
import { Lessons } from "./lessons.js";
import { offerTheme } from "./theme.js";

const TABS = ["backward", "training"];
const MODULES = { backward: () => import("./backward/tab.js"), training: () => import("./training/tab.js") };
const STATES = {
  starting: "Engine starting…",
  ready: "Engine ready",
  restarting: "Engine stopped, starting again…",
  restarted: "Engine restarted",
  stopped: "Engine stopped",
};
const byId = (id) => document.getElementById(id);
const keys = new Keys();
const mounted = new Map();
let engine, lessons;

function make(kind, text, attributes = {}) {
  const element = Object.assign(document.createElement(kind), attributes);
  if (text !== undefined) element.textContent = text;
  return element;
}

/** A message in the corner; errors stay for 12 seconds, what went well for 5. */
function toast(message, hint, kind = "bad") {
  const box = make("div", undefined, { className: `toast ${kind}` });
  const text = make("p", message);
  if (hint) text.append(make("small", hint));
  const close = make("button", "×", { className: "close", type: "button", onclick: () => box.remove() });
  close.setAttribute("aria-label", "Close");
  box.append(text, close);
  const toasts = byId("toasts");
  for (const other of [...toasts.children]) if (other.querySelector("p").textContent === text.textContent) other.remove();
  toasts.append(box);
  while (toasts.children.length > 4) toasts.firstChild.remove();
  setTimeout(() => box.remove(), kind === "good" ? 5_000 : 12_000);
}

function announce(text) {
  const live = byId("live");
  live.textContent = live.textContent === text ? `${text}\u00a0` : text;
}

function download(name, mime, data) {
  const url = URL.createObjectURL(new Blob([data], { type: mime }));
  const link = make("a", undefined, { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
  toast(`Saved ${name}`, undefined, "good");
}

/** A number as people read it: 0.1234, 12.3, 12345, 1.2e-7. No digit before the point is rounded away. */
function shortText(number, digits = 4) {
  const value = Number(number);
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "−inf";
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text = size >= 1e6 || size < 10 ** -digits ? value.toExponential(2) : String(Number(value.toPrecision(Math.max(digits, Math.floor(Math.log10(size)) + 1))));
  return text.replace("-", "−");
}

/** What a tab gets: the same for both, but its own state and keys. */
function appFor(tab) {
  return {
    announce,
    toast,
    error: (error) => toast(error.message, error.hint),
    download,
    shortText,
    theme,
    state: {
      get: (name = tab) => load(name),
      set: (value, step = false) => write({ [tab]: JSON.stringify(value) }, step),
    },
    keys: { add: (key, description, handler) => keys.add(key, description, handler, tab) },
    show: (name) => show(name),
    get visible() { return keys.tab === tab && !document.hidden; },
    reducedMotion: () => matchMedia("(prefers-reduced-motion: reduce)").matches,
  };
}

/** Show a tab; it is mounted when it is first seen. `step` makes it a step of the browser's history. */
async function show(tab, { focus = false, step = true } = {}) {
  keys.tab = tab;
  for (const each of TABS) {
    const chosen = each === tab;
    const button = byId(`tab-${each}`);
    button.setAttribute("aria-selected", String(chosen));
    button.tabIndex = chosen ? 0 : -1;
    byId(`panel-${each}`).hidden = !chosen;
    if (chosen && focus) button.focus();
  }
  write({ tab }, step);
  const element = byId(`panel-${tab}`);
  if (!mounted.has(tab)) {
    mounted.set(tab, null);
    try {
      const { mount } = await MODULES[tab]();
      mounted.set(tab, (await mount(element, engine, appFor(tab))) ?? {});
    } catch (error) {
      element.textContent = "This tab could not be opened.";
      toast(`This tab could not be opened: ${error.message}`);
      console.error(error);
    }
  }
  mounted.get(tab)?.shown?.();
  document.dispatchEvent(new CustomEvent("tab", { detail: tab }));
  lessons?.apply();
}

function engineState(state, text) {
  const box = byId("engine");
  box.dataset.state = state;
  box.querySelector("span").textContent = (state === "starting" && text) || (STATES[state] ?? state);
  if (state === "restarting") toast(text ?? "The engine stopped.", "It starts again; what you typed is kept.");
  if (state === "restarted") document.dispatchEvent(new CustomEvent("engine-restarted"));
}

function keysDialog() {
  const dialog = byId("keys-dialog");
  const list = document.createElement("dl");
  for (const [key, description] of keys.list()) {
    const term = document.createElement("dt");
    term.append(make("kbd", key));
    list.append(term, make("dd", description));
  }
  const buttons = make("div", undefined, { className: "buttons" });
  buttons.append(make("button", "Close", { type: "button", className: "primary", autofocus: true, onclick: () => dialog.close() }));
  dialog.replaceChildren(make("h2", "Keys", { id: "keys-title" }), list, buttons);
  dialog.showModal();
}

function tabs() {
  for (const tab of TABS) byId(`tab-${tab}`).onclick = () => show(tab);
  byId("tabs").onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    show(TABS[(TABS.indexOf(keys.tab) + step + TABS.length) % TABS.length], { focus: true });
  };
  byId("skip").onclick = (event) => {
    event.preventDefault(); // the fragment is the state
    byId("main").focus();
  };
}

const theme = offerTheme(byId("theme-button"), announce);

async function start() {
  tabs();
  byId("keys-button").onclick = keysDialog;
  keys.add("?", "List the keys", keysDialog);
  keys.add("1", "Open Backward pass", () => show("backward", { focus: true }));
  keys.add("2", "Open Playground", () => show("training", { focus: true }));
  keys.add("t", "Change the colours: auto, light, dark", () => theme.next());

  lessons = new Lessons({ toast, announce, current: () => keys.tab, show });
  lessons.prepare();
  const asked = part("tab") ?? lessons.tab();
  const first = TABS.includes(asked) ? asked : TABS[0];
  const panel = byId(`panel-${first}`);
  byId(`tab-${first}`).setAttribute("aria-selected", "true");
  panel.hidden = false;
  const waiting = make("div", undefined, { className: "starting" });
  const line = make("p", "Engine starting…");
  waiting.append(make("div", undefined, { className: "wheel" }), line);
  panel.replaceChildren(waiting);

  engine = connect();
  engine.onstate = (state, text) => {
    engineState(state, text);
    if (state === "starting" && text) line.textContent = text;
  };
  let about;
  try {
    about = await engine.start();
  } catch (error) {
    engineState("stopped");
    waiting.replaceChildren(make("p", error.message));
    toast(error.message);
    return;
  }
  byId("engine").title = `chainrule ${about.version}, ${about.backend === "cython" ? "compiled node" : "node in Python"}, ${about.in_tab ? "in this tab" : "on this machine"}`;
  panel.replaceChildren();
  const given = about.given.includes("model") ? "training" : about.given.includes("loss") ? "backward" : null;
  await show(given && !part("tab") ? given : first, { step: false });
  onstep(["tab", "backward"], (changed) => { // what was trained is kept, whatever step it is
    show(TABS.includes(part("tab")) ? part("tab") : TABS[0], { step: false });
    if (changed.includes("backward")) mounted.get("backward")?.back();
  });
  document.documentElement.dataset.ready = "true";
}

start();

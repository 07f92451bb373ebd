// Lessons: a text above a tab, and controls to hide. `#lesson=NAME` opens one of those below, `#lesson={…}` a teacher's own.

import { load, part, shared, write } from "./address.js";

/** The lessons that come with the page: of the lecture's two exercises. */
export const LESSONS = {
  "tensorflow-playground": {
    tab: "training",
    title: "How many neurons does XOR take?",
    text: "1. The data are XOR. Press Play. Do the colours find the four corners?\n2. Take neurons away, one at a time, and press Reset. With how few does it still learn, and with how few never? Each picture in a neuron shows the line it draws.\n3. Change tanh to sigmoid and add layers. It slows down: look at the gradients on the lines, and at what the page names under the network.",
    hide: [],
    state: { config: { data: "xor" } },
  },
  convnetjs: {
    tab: "training",
    title: "What a layer does to the plane",
    text: "1. Draw points on the output with the mouse: a heap of blue, and a ring of orange around it. Press Play.\n2. Look at the warped space of the last hidden layer. The grid bends until one straight line parts the classes: that line is all the output does.\n3. Race the optimisers from one seed. Which is first, and is it first on other data too?",
    hide: [],
    state: {
      config: {
        data: "points", kind: "binary", points: [], ratio: 1, optimizer: "Adam", settings: { lr: 0.03 },
        hidden: [{ neurons: 6, activation: "tanh", dropout: 0 }, { neurons: 2, activation: "tanh", dropout: 0 }],
      },
    },
  },
};

const make = (kind, text, attributes = {}) => {
  const element = Object.assign(document.createElement(kind), attributes);
  if (text !== undefined) element.textContent = text;
  return element;
};

const tidy = (text) => text.replace(/\s+/g, " ").trim().slice(0, 40);

/** The controls of a tab that can be hidden, by name: what says `data-control`, or a field or panel by its heading. */
function controls(panel) {
  const found = new Map();
  for (const element of panel.querySelectorAll("[data-control], .field, .panel, .presets")) {
    const heading = element.querySelector("h2, h3, legend, span, summary");
    // A field's heading may show its value, which changes.
    const words = [...(heading?.childNodes ?? [])].filter((each) => !each.classList?.contains("amount")).map((each) => each.textContent);
    const name = tidy(element.dataset.control ?? words.join(""));
    if (name) found.set(name, [...(found.get(name) ?? []), element]);
  }
  return found;
}

export class Lessons {
  constructor(page) {
    this.page = page;
    this.box = document.getElementById("lesson");
    this.dialog = document.getElementById("lesson-dialog");
    document.getElementById("lesson-button").onclick = () => this.open();
    // Tabs make their forms anew as settings change: what is hidden stays hidden.
    this.observer = new MutationObserver(() => this.hide());
    this.observer.observe(document.getElementById("main"), { childList: true, subtree: true });
    addEventListener("hashchange", () => this.apply());
  }

  /** The lesson of the address, or null. */
  current() {
    const named = part("lesson");
    const lesson = named === null ? null : (LESSONS[named] ?? load("lesson"));
    return lesson && typeof lesson === "object" ? lesson : null;
  }

  tab() {
    return this.current()?.tab;
  }

  /** Where the address says nothing of the lesson's tab, begin as the lesson does. */
  prepare(anew = false) {
    const { tab, state } = this.current() ?? {};
    if (tab && state && (anew || part(tab) === null)) write({ tab, [tab]: JSON.stringify(state) });
  }

  /** Show the text of the address's lesson above its tab, and hide what it hides. */
  apply() {
    const lesson = this.current();
    const here = lesson && (!lesson.tab || lesson.tab === this.page.current());
    this.box.hidden = !(here && (lesson.title || lesson.text));
    if (!this.box.hidden) {
      const close = make("button", "×", { type: "button", className: "close", onclick: () => this.end() });
      close.setAttribute("aria-label", "End the lesson");
      close.title = "End the lesson";
      const lines = String(lesson.text ?? "").split("\n").filter(Boolean).map((line) => make("p", line));
      this.box.replaceChildren(make("h2", String(lesson.title ?? "Lesson")), ...lines, close);
    }
    this.hide();
  }

  end() {
    write({ lesson: null });
    this.apply();
    this.page.announce("The lesson is over");
  }

  hide() {
    const tab = this.page.current();
    const panel = tab && document.getElementById(`panel-${tab}`);
    if (!panel) return;
    const lesson = this.current();
    const hidden = new Set(lesson && (!lesson.tab || lesson.tab === tab) && Array.isArray(lesson.hide) ? lesson.hide : []);
    if (!hidden.size && !this.hidSome) return;
    this.hidSome = hidden.size > 0;
    for (const [name, elements] of controls(panel))
      for (const element of elements) {
        const wanted = hidden.has(name);
        if (wanted) element.dataset.lesson = "hidden";
        else delete element.dataset.lesson;
      }
  }

  /** The teacher's dialog: a title, a text, what to hide, and the address to give on. */
  open() {
    const lesson = this.current() ?? { title: "", text: "", hide: [] };
    const tab = this.page.current();
    const title = make("input", undefined, { type: "text", value: lesson.title ?? "", placeholder: "What is it about?" });
    const text = make("textarea", undefined, { value: lesson.text ?? "", placeholder: "What should they do? Each line is a paragraph." });
    const label = (words, element) => { const box = make("label", words); box.append(element); return box; };
    const boxes = [...controls(document.getElementById(`panel-${tab}`)).keys()].map((name) => {
      const box = make("input", undefined, { type: "checkbox", checked: !(lesson.hide ?? []).includes(name), name });
      const row = make("label");
      row.append(box, make("span", name));
      return [name, box, row];
    });
    const choices = make("div", undefined, { className: "choices" });
    choices.append(...boxes.map(([, , row]) => row));
    const written = () => ({ ...(lesson.state ? { state: lesson.state } : {}), tab, title: title.value, text: text.value, hide: boxes.filter(([, box]) => !box.checked).map(([name]) => name) });
    const save = () => { write({ lesson: JSON.stringify(written()), tab }); this.apply(); };
    const copy = async () => {
      save();
      const address = shared();
      try {
        await navigator.clipboard.writeText(address);
        this.page.toast("Copied: put it behind the address of the page", "On this machine it is the address of this window.", "good");
      } catch {
        this.page.toast("The address of this window now holds the lesson", "Copy it from the browser's bar.", "good");
      }
      this.dialog.close();
    };
    const ready = Object.entries(LESSONS).map(([name, each]) => make("button", each.title, {
      type: "button",
      onclick: () => { write({ lesson: name }); this.prepare(true); location.reload(); },
    }));
    const readyRow = make("div", undefined, { className: "buttons ready" });
    readyRow.append(...ready);
    const buttons = make("div", undefined, { className: "buttons" });
    buttons.append(
      make("button", "No lesson", { type: "button", onclick: () => { this.end(); this.dialog.close(); } }),
      make("button", "Copy the link", { type: "button", onclick: copy }),
      make("button", "Show", { type: "button", className: "primary", onclick: () => { save(); this.dialog.close(); } }));
    this.dialog.replaceChildren(
      make("h2", "Lesson", { id: "lesson-title" }),
      make("p", "A text above the page, and only the controls it needs. The address holds both, so that a link is a lesson."),
      label("Title", title), label("Text", text),
      make("h3", "Shown"), choices,
      make("h3", "Or one of these"), readyRow, buttons);
    this.dialog.showModal();
  }
}

// The keys of the page: one table, which `?` lists.

const typing = (target) => target.closest?.("input:not([type=range],[type=checkbox],[type=radio],[type=button]), textarea, select, [contenteditable=true], .cm-editor");

/** How a key is written for people. */
const NAMES = { " ": "Space", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Escape: "Esc" };

export class Keys {
  constructor() {
    this.rows = [];
    this.tab = null;
    addEventListener("keydown", (event) => this.press(event));
  }

  /** Give a key a meaning; `tab` names the tab in which it has it, null means everywhere. */
  add(key, description, handler, tab = null) {
    this.rows = this.rows.filter((row) => !(row.key === key && row.tab === tab));
    this.rows.push({ key, description, handler, tab });
  }

  press(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    // What the focused thing does with the key itself stays its own.
    if ((event.key === " " || event.key === "Enter") && event.target.closest?.("button, summary, a, input")) return;
    if (event.key.startsWith("Arrow") && event.target.closest?.("input, [role=tablist]")) return;
    const row = this.rows.find((each) => each.key === event.key && (each.tab === null || each.tab === this.tab));
    if (!row) return;
    event.preventDefault();
    row.handler(event);
  }

  /** The rows that hold now, as [key as people write it, description]. */
  list() {
    return this.rows
      .filter((row) => row.tab === null || row.tab === this.tab)
      .map((row) => [NAMES[row.key] ?? (row.key.length === 1 ? row.key.toUpperCase() : row.key), row.description]);
  }
}

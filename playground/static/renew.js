// Elements brought up to date in place: what somebody presses, or types into, goes on being the element that it was.

/** Controls in the hands of a person: text fields one is in, others while one moves them; till `change`, or till one leaves. */
const held = new WeakSet();
addEventListener("focusin", ({ target }) => target.matches?.("textarea, input[type=text], input[type=number]") && held.add(target), true);
addEventListener("input", ({ target }) => held.add(target), true);
for (const over of ["change", "focusout"]) addEventListener(over, ({ target }) => held.delete(target), true);

const HANDLERS = ["onclick", "onchange", "oninput", "ontoggle", "onfocus", "onblur", "onpointerenter", "onpointerleave"];

/** By what an element is known again: its kind, and its name, label, or words. */
function keyOf(node) {
  if (node.nodeType !== Node.ELEMENT_NODE) return node.nodeName;
  const name = node.dataset.name ?? node.dataset.key ?? node.getAttribute("aria-label");
  return `${node.nodeName} ${name ?? (node.nodeName === "OPTION" ? node.value : node.nodeName === "BUTTON" ? node.textContent : "")}`;
}

/** The others' part of an element: details that somebody opened, and data attributes, by which elements are named and hidden. */
const others = (attribute) => attribute === "open" || attribute.startsWith("data-");

/** Give an element these children. Those that are there already stay, where they are, and take over what changed. */
export function renew(element, ...children) {
  let at = element.firstChild;
  const drop = () => ([at] = [at.nextSibling, at.remove()]);
  for (const each of children.flat(Infinity)) {
    if (each === null || each === undefined) continue;
    const fresh = each instanceof Node ? each : document.createTextNode(each);
    const key = keyOf(fresh);
    let old = at;
    while (old && old !== fresh && keyOf(old) !== key) old = old.nextSibling;
    if (!old) {
      element.insertBefore(fresh, at);
      continue;
    }
    while (at !== old) drop();
    at = old.nextSibling;
    if (old !== fresh) update(old, fresh);
  }
  while (at) drop();
}

function update(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  for (const { name } of [...old.attributes]) if (!others(name) && !fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (!others(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
  for (const name of HANDLERS) old[name] = fresh[name]; // these ask the event for their control: `fresh` is thrown away
  if (old.className === "amount" && held.has(old.closest("label").control)) return;
  if (old.nodeName !== "TEXTAREA") renew(old, ...fresh.childNodes);
  put(old, fresh);
}

/** Give a control its value, unless it is in somebody's hands; what was pasted, or chosen from a disk, is theirs for good. */
export function put(control, { value, checked }) {
  if (!["INPUT", "SELECT"].includes(control.nodeName) || control.type === "file" || held.has(control)) return;
  if (control.value !== String(value)) control.value = value;
  if (checked !== undefined && control.checked !== checked) control.checked = checked;
}

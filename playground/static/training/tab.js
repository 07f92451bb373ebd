// Replaced by this tab's own page.
export function mount(element) {
  element.textContent = "This tab is being built.";
}

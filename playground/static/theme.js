// Colours: as the system, light or dark; the choice is remembered where the browser lets one.

const CHOICES = ["auto", "light", "dark"];
const NAMES = { auto: "Auto", light: "Light", dark: "Dark" };

function remembered() {
  try {
    return localStorage.getItem("chainrule-theme");
  } catch {
    return null; // a file or a frame may have no storage
  }
}

/** @returns the theme: `name`, `dark` and `next()`, which also announces it and fires "theme" on document. */
export function offerTheme(button, announce) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const theme = {
    name: CHOICES.includes(remembered()) ? remembered() : document.documentElement.dataset.theme ?? "auto",
    get dark() { return this.name === "dark" || (this.name === "auto" && system.matches); },
    next() { set(CHOICES[(CHOICES.indexOf(this.name) + 1) % CHOICES.length]); announce(`Colours: ${NAMES[this.name]}`); },
  };
  const fire = () => document.dispatchEvent(new CustomEvent("theme", { detail: { dark: theme.dark } }));
  function set(name) {
    theme.name = name;
    if (name === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = name;
    button.textContent = NAMES[name];
    try {
      localStorage.setItem("chainrule-theme", name);
    } catch {
      // as above
    }
    fire();
  }
  button.onclick = () => theme.next();
  system.addEventListener("change", fire);
  set(theme.name);
  return theme;
}

import { effect, signal } from "@preact/signals";

const KEY = "meterhound.theme";
const prefersDark = matchMedia("(prefers-color-scheme: dark)");

type Theme = "dark" | "light";

const chosen = signal<Theme | null>(themeOf(localStorage.getItem(KEY)));
const system = signal<Theme>(systemTheme());

prefersDark.addEventListener("change", () => (system.value = systemTheme()));

/** What is shown: the person's choice, else the system's. */
export function theme(): Theme {
  return chosen.value ?? system.value;
}

/** Switches to the other theme, and remembers it only where it is not the system's. */
export function toggleTheme(): void {
  const next = theme() === "dark" ? "light" : "dark";
  chosen.value = next === system.value ? null : next;
  if (chosen.value === null) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, chosen.value);
}

effect(() => {
  document.documentElement.dataset["theme"] = theme();
});

function systemTheme(): Theme {
  return prefersDark.matches ? "dark" : "light";
}

function themeOf(text: string | null): Theme | null {
  return text === "dark" || text === "light" ? text : null;
}

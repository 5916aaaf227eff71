import { useEffect, useRef } from "preact/hooks";
import { signal } from "@preact/signals";
import { type Bindings, createKeyReader } from "./keys.ts";

const KEY = "meterhound.single-keys";

/** Whether single keys do anything (WCAG 2.1.4). */
export const singleKeys = signal(localStorage.getItem(KEY) !== "off");

export function setSingleKeys(isOn: boolean): void {
  singleKeys.value = isOn;
  if (isOn) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, "off");
}

const layers: { current: Bindings }[] = [];
const read = createKeyReader();

/** Binds keys while a component is shown; the newest binding of a key wins. */
export function useKeys(bindings: Bindings): void {
  const layer = useRef(bindings);
  layer.current = bindings;
  useEffect(() => {
    layers.push(layer);
    return () => void layers.splice(layers.indexOf(layer), 1);
  }, []);
}

addEventListener("keydown", (event) => {
  const bindings = Object.assign({}, ...layers.map(({ current }) => current)) as Bindings;
  const action = read(
    { key: event.key, at: event.timeStamp, isOccupied: isOccupied(event) },
    bindings,
  );
  if (!action) return;
  event.preventDefault();
  action();
});

function isOccupied(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return true;
  if (!singleKeys.value && event.key !== "Escape") return true;
  const target = event.target as HTMLElement;
  if (target.closest("dialog[open]")) return true;
  const takesText = target.matches("textarea, select, input:not([type=checkbox], [type=radio])");
  if (takesText) return event.key !== "Escape";
  // A focused link or button keeps its own Enter and Space.
  return (
    (event.key === "Enter" || event.key === " ") && target.matches("a, button, summary, input")
  );
}

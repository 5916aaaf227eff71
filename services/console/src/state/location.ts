import { computed, signal } from "@preact/signals";
import { type Route, routeOf } from "./route.ts";

const here = () => ({ path: location.pathname, search: location.search });
const current = signal(here());

/** The page the address names. */
export const route = computed<Route>(() => routeOf(current.value.path));
export const search = computed(() => current.value.search);

/** Goes to an address of the console; `replace` leaves no step to go back to. */
export function navigate(to: string, how: "push" | "replace" = "push"): void {
  if (to === location.pathname + location.search) return;
  if (how === "push") history.pushState({ inside: true }, "", to);
  else history.replaceState(history.state, "", to);
  current.value = here();
}

/** Back to where one came from, or to the queue where one came from outside. */
export function goBack(): void {
  if ((history.state as { inside?: boolean } | null)?.inside) history.back();
  else navigate("/");
}

addEventListener("popstate", () => (current.value = here()));

/** Links of the console change the page without loading it again; modified clicks stay the browser's. */
addEventListener("click", (event) => {
  const link = (event.target as Element | null)?.closest?.("a[href]");
  if (!(link instanceof HTMLAnchorElement) || link.target || link.origin !== location.origin)
    return;
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  if (routeOf(link.pathname).page === "missing" || link.hash) return;
  event.preventDefault();
  navigate(link.pathname + link.search);
});

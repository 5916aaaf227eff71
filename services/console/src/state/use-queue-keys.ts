import { navigate } from "./location.ts";
import { me } from "./me.ts";
import { moveBy, queue, reloadQueue } from "./queue-store.ts";
import { findingPath } from "./route.ts";
import { clearSelection, extendSelection, selection, toggleSelected } from "./selection.ts";
import { assignToMe, judge } from "./triage.ts";
import { useKeys } from "./use-keys.ts";

/** What keys do in the queue: with the selected findings, or else with the one under the cursor. */
export function useQueueKeys(): void {
  const current = () => queue.value.rows.filter(({ id }) => id === queue.value.cursor);
  const chosen = () => (selection.value.length > 0 ? selection.value : current());
  const open = (): void => {
    for (const { id } of current()) navigate(findingPath(id));
  };
  const mayTriage = me.value?.may_triage === true;
  useKeys({
    j: () => moveBy(1),
    k: () => moveBy(-1),
    J: () => extendSelection(1),
    K: () => extendSelection(-1),
    x: () => current().forEach(({ id }) => toggleSelected(id)),
    o: open,
    Enter: open,
    r: reloadQueue,
    "/": () => document.querySelector<HTMLElement>("#filter-text")?.focus(),
    Escape: () => {
      if (selection.value.length > 0) clearSelection();
      else (document.activeElement as HTMLElement | null)?.blur();
    },
    ...(mayTriage && {
      i: () => void assignToMe(chosen(), false),
      a: () => void assignToMe(chosen(), true),
      d: () => judge(chosen(), "verdict"),
      s: () => judge(chosen(), "status"),
    }),
  });
}

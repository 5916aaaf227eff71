import { computed, signal } from "@preact/signals";
import { holdQueue, moveBy, queue } from "./queue-store.ts";

const ids = signal<ReadonlySet<string>>(new Set());

/** The findings of the list that are selected, in its order; what left the list is not. */
export const selection = computed(() => queue.value.rows.filter(({ id }) => ids.value.has(id)));

export function isSelected(id: string): boolean {
  return ids.value.has(id);
}

export function toggleSelected(id: string): void {
  holdQueue();
  const next = new Set(ids.value);
  if (!next.delete(id)) next.add(id);
  ids.value = next;
}

/** Selects the finding under the cursor and the one it moves to. */
export function extendSelection(rows: number): void {
  const before = queue.value.cursor;
  moveBy(rows);
  const both = [before, queue.value.cursor].filter((id) => id !== null);
  ids.value = new Set([...ids.value, ...both]);
}

/** Every finding of the list as far as it is loaded; nothing where all of them are selected already. */
export function toggleAll(): void {
  const { rows } = queue.value;
  const areAll = selection.value.length === rows.length;
  ids.value = new Set(areAll ? [] : rows.map(({ id }) => id));
}

export function clearSelection(): void {
  ids.value = new Set();
}

import { navigate, route } from "./location.ts";
import { queue } from "./queue-store.ts";
import { findingPath } from "./route.ts";

/** Where the finding that is shown stands in the queue, from 0; -1 where the queue does not have it. */
export function placeInQueue(): number {
  const at = route.value;
  return at.page === "finding" ? queue.value.rows.findIndex(({ id }) => id === at.id) : -1;
}

/** Opens the finding so many rows away in its stead: back still leads to the queue. */
export function openNeighbour(rows: number): void {
  const place = placeInQueue();
  const next = place < 0 ? undefined : queue.value.rows[place + rows];
  if (next) navigate(findingPath(next.id), "replace");
}

import type { UsageEvent } from "../event.ts";
import type { Pico } from "../money.ts";
import { type EventTime, MINUTE } from "../time.ts";

/** A resolved event on its way to the fold. */
export interface ResolvedEvent {
  at: EventTime;
  event: UsageEvent;
  cost: Pico | null;
}

/** How far apart lines of one file may stand out of order. */
export const SORT_WINDOW = MINUTE;

/**
 * Puts a nearly sorted stream in order: events wait until one arrives that is a window newer. A
 * stream already in order costs one comparison an event.
 */
export interface SortWindow {
  push(entry: ResolvedEvent): void;
  /** What nothing can come before any more, in order; after `end` everything that is left. */
  take(end: boolean): ResolvedEvent[];
}

export function createSortWindow(): SortWindow {
  let waiting: ResolvedEvent[] = [];
  let newest = -Infinity;
  return {
    push(entry) {
      newest = Math.max(newest, entry.at);
      let place = waiting.length;
      while (place > 0 && isBefore(entry, waiting[place - 1]!)) place--;
      if (place === waiting.length) waiting.push(entry);
      else waiting.splice(place, 0, entry);
    },
    take(end) {
      const safe = end ? Infinity : newest - SORT_WINDOW;
      let count = waiting.length;
      while (count > 0 && waiting[count - 1]!.at > safe) count--;
      const taken = waiting.slice(0, count);
      waiting = waiting.slice(count);
      return taken;
    },
  };
}

/** Event time, then id: the clean order of every replay. */
export function isBefore(a: ResolvedEvent, b: ResolvedEvent): boolean {
  return a.at < b.at || (a.at === b.at && a.event.id < b.event.id);
}

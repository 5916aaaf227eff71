import type { UsageEvent } from "../event.ts";
import type { Pico } from "../money.ts";
import { DAY, type EventTime, MINUTE } from "../time.ts";

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
export interface SortWindow<T> {
  push(entry: T): void;
  /** What nothing can come before any more, in order; after `end` everything that is left. */
  take(end: boolean): T[];
}

/** What has a place in time. */
export interface Sortable {
  at: EventTime;
  event: Pick<UsageEvent, "id">;
}

export function createSortWindow<T extends Sortable>(): SortWindow<T> {
  let waiting: T[] = [];
  let newest = -Infinity;
  let ahead: EventTime | null = null;
  /** One line with a wrong date must not make all others late: a leap counts once a second line lies beside it. */
  const advance = (at: EventTime): void => {
    const isLeap = newest !== -Infinity && at > newest + DAY;
    const isConfirmed = ahead !== null && Math.abs(at - ahead) <= DAY;
    if (!isLeap || isConfirmed) newest = Math.max(newest, isLeap ? Math.min(at, ahead!) : at);
    ahead = isLeap && !isConfirmed ? at : null;
  };
  return {
    push(entry) {
      advance(entry.at);
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
export function isBefore(a: Sortable, b: Sortable): boolean {
  return a.at < b.at || (a.at === b.at && a.event.id < b.event.id);
}

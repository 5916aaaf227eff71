import { grown } from "#core/grown.ts";
import type { EventTime } from "#core/time.ts";

/** Different values of one kind, each with the time of its newest call, and how many there ever were at once. */
export interface Spread {
  seen: { value: string; at: EventTime }[];
  most: number;
}

const MOST_VALUES = 12;

export function createSpread(): Spread {
  return { seen: [], most: 0 };
}

/**
 * Adds a value and returns how many different ones the window up to it holds where they are more than
 * ever before, else 0. Bounded: of too many the oldest is forgotten.
 */
export function spreadOver(spread: Spread, value: string, at: EventTime, window: number): number {
  const known = spread.seen.find((one) => one.value === value);
  if (known) known.at = Math.max(known.at, at);
  else {
    if (spread.seen.length >= MOST_VALUES) spread.seen.splice(oldestOf(spread.seen), 1);
    spread.seen = grown(spread.seen, { value, at });
  }
  let count = 0;
  for (const one of spread.seen) if (one.at > at - window) count += 1;
  if (count <= spread.most) return 0;
  spread.most = count;
  return count;
}

function oldestOf(seen: Spread["seen"]): number {
  let oldest = 0;
  seen.forEach(({ at }, i) => {
    if (at < seen[oldest]!.at) oldest = i;
  });
  return oldest;
}

import { type Compare, isSame, type Step } from "./compare.ts";

/** The newest calls of one agent in one flow, and how far they repeat themselves. */
export interface Ring {
  /** In event-time order. */
  ring: Step[];
  /** run[k-1]: how many newest calls equal the call k before them; as long as there is such a call. */
  run: number[];
}

/** A stretch of the ring that repeats itself, and where it ends. */
export interface Cycle {
  end: number;
  repeats: number;
  period: number;
}

/** What makes a cycle, by the rule. */
interface Wanted {
  compare: Compare;
  repeats: number;
  longest_cycle: number;
}

export const LONGEST_CYCLE = 8;
const LENGTH = 64;

/**
 * Puts the step at its place in event time and returns the cycle it ends or, where it came late, the
 * first one at or after it; only one that comes late pays for counting the ring again.
 */
export function insert(
  { ring, run }: Ring,
  step: Step,
  { compare, repeats, longest_cycle: longest }: Wanted,
): Cycle | null {
  if (ring.length > LENGTH) ring.shift();
  let place = ring.length;
  while (place > 0 && isBefore(step, ring[place - 1]!)) place--;
  const late = place < ring.length;
  if (!late) {
    ring.push(step);
    extendRuns(ring, run, place, compare, longest);
    return cycleAt(run, place, repeats);
  }
  ring.splice(place, 0, step);
  let first: Cycle | null = null;
  run.fill(0);
  for (let i = 0; i < ring.length; i++) {
    extendRuns(ring, run, i, compare, longest);
    const cycle = i < place ? null : cycleAt(run, i, repeats);
    const goesOn = first?.end === i - 1 && first.period === cycle?.period;
    if (cycle && (!first || goesOn)) first = cycle;
  }
  return first;
}

/** The shortest cycle that has run often enough at a place of the ring. */
function cycleAt(run: readonly number[], end: number, enough: number): Cycle | null {
  for (let period = 1; period <= run.length; period++) {
    const repeats = repeatsOf(run[period - 1]!, period);
    if (repeats >= enough) return { end, repeats, period };
  }
  return null;
}

function extendRuns(
  ring: readonly Step[],
  run: number[],
  newest: number,
  compare: Compare,
  longest: number,
): void {
  const periods = Math.min(longest, newest);
  for (let k = 1; k <= periods; k++) {
    run[k - 1] = isSame(compare, ring, newest, newest - k) ? (run[k - 1] ?? 0) + 1 : 0;
  }
}

export function isBefore(a: Pick<Step, "at" | "id">, b: Pick<Step, "at" | "id">): boolean {
  return a.at < b.at || (a.at === b.at && a.id < b.id);
}

function repeatsOf(run: number, period: number): number {
  return Math.floor(run / period) + 1;
}

/** How often the ring holds the same step, near or far; 0 where steps are compared by size. */
export function returnsOf(ring: readonly Step[], { sign }: Step): number {
  if (sign === null) return 0;
  let count = 0;
  for (const step of ring) if (step.sign === sign) count += 1;
  return count;
}

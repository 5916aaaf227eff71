import { type EventTime, HOUR } from "#core/time.ts";
import type { Step } from "./compare.ts";
import { type Cycle, isBefore, LONGEST_CYCLE } from "./ring.ts";

/** The first two rounds of an episode are ordinary: the cycle that ran most often decides how many calls that is. */
export interface Told {
  period: number;
  repeats: number;
  /** The first calls, in event-time order, as many as the longest cycle needs. */
  first: Pick<Step, "at" | "id" | "cost">[];
  /** Picodollars told as expected. */
  expected: number;
  last: EventTime;
}

const MOST_ORDINARY = 2 * LONGEST_CYCLE;
/** Loops further apart are episodes of their own. */
const APART = 6 * HOUR;

/**
 * What the calls add to the cost of the ordinary ones. Where an earlier call comes late, or the cycle shows
 * better, what was told is corrected, so that the sum does not depend on order.
 */
export function expectMore(
  state: { told: Told | null },
  added: readonly Step[],
  { repeats, period }: Pick<Cycle, "repeats" | "period">,
): bigint {
  let { told } = state;
  if (!told || added[0]!.at > told.last + APART) {
    state.told = told = { period: 1, repeats: 0, first: [], expected: 0, last: 0 };
  }
  if (period > 0 && repeats > told.repeats) Object.assign(told, { period, repeats });
  if (told.first.length < MOST_ORDINARY || isBefore(added[0]!, told.first.at(-1)!)) {
    const first = [...told.first, ...added.map(({ at, id, cost }) => ({ at, id, cost }))];
    told.first = first.toSorted((a, b) => (isBefore(a, b) ? -1 : 1)).slice(0, MOST_ORDINARY);
  }
  told.last = Math.max(told.last, added.at(-1)!.at);
  const before = told.expected;
  told.expected = sumOf(told.first.slice(0, 2 * told.period));
  return BigInt(told.expected - before);
}

export function sumOf(steps: readonly Pick<Step, "cost">[]): number {
  return steps.reduce((total, step) => total + (step.cost ?? 0), 0);
}

import type { Observed, Signal } from "#core/detector.ts";
import type { EventTime } from "#core/time.ts";

/** Calls that wait for a signal to bring them: plain JSON of constant size. */
export interface CallSum {
  since: EventTime;
  calls: number;
  /** Picodollars as a double, exact below 9,007 USD. */
  cost: number;
  unpriced: number;
  /** The first few and the newest few. */
  ids: string[];
}

const MOST_IDS = 8;
const HALF = MOST_IDS / 2;

/** What calls add to a signal. */
export type Brought = Pick<Signal, "since" | "calls" | "observed" | "unpriced" | "eventIds">;

export function noCalls(): CallSum {
  return { since: 0, calls: 0, cost: 0, unpriced: 0, ids: [] };
}

export function addCall(sum: CallSum, { event, at, cost }: Observed): void {
  sum.since = sum.calls === 0 ? at : Math.min(sum.since, at);
  sum.calls += 1;
  if (cost === null) sum.unpriced += 1;
  else sum.cost += Number(cost);
  addId(sum, event.id);
}

/** Later ids go round in the upper half, so that a call costs no shifting. */
function addId({ ids, calls }: CallSum, id: string): void {
  if (ids.length < MOST_IDS) ids.push(id);
  else ids[HALF + (calls % HALF)] = id;
}

/** Adds what another sum holds. */
export function mergeCalls(sum: CallSum, other: CallSum): void {
  if (other.calls === 0) return;
  sum.since = sum.calls === 0 ? other.since : Math.min(sum.since, other.since);
  sum.calls += other.calls;
  sum.cost += other.cost;
  sum.unpriced += other.unpriced;
  sum.ids = [...sum.ids, ...other.ids].slice(0, MOST_IDS);
}

export function bringSum({ since, calls, cost, unpriced, ids }: CallSum): Brought {
  const observed = unpriced === calls ? null : BigInt(Math.round(cost));
  return { since, calls, observed, unpriced, eventIds: [...ids] };
}

export function bringCall({ event, at, cost }: Observed): Brought {
  return {
    since: at,
    calls: 1,
    observed: cost,
    unpriced: cost === null ? 1 : 0,
    eventIds: [event.id],
  };
}

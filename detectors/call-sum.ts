import type { Observed, Signal } from "#core/detector.ts";
import type { EventTime } from "#core/time.ts";

/** Calls that wait for a signal to bring them: plain JSON of constant size. */
export interface CallSum {
  since: EventTime;
  calls: number;
  /** Picodollars as a double, exact below 9,007 USD. */
  cost: number;
  unpriced: number;
  /** The first and the newest few. */
  ids: string[];
}

const MOST_IDS = 8;

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
  sum.ids.push(event.id);
  if (sum.ids.length > MOST_IDS) sum.ids.splice(MOST_IDS / 2, 1);
}

export function bringSum({ since, calls, cost, unpriced, ids }: CallSum): Brought {
  const observed = unpriced === calls ? null : BigInt(Math.round(cost));
  return { since, calls, observed, unpriced, eventIds: ids };
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

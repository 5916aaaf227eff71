import { baselineOf, WINDOW_DAYS } from "#core/baseline/hour-series.ts";
import type { IdentitySeries, Observed, Signal } from "#core/detector.ts";
import { ALLOWED_LATENESS, type EventTime, HOUR } from "#core/time.ts";
import { addCall, type Brought, bringSum, type CallSum, noCalls } from "../call-sum.ts";

/**
 * A credential under suspicion, from the first call that contributes to it: those count, and all calls
 * of the credential that follow, against what its identity ordinarily spends.
 */
export interface Incident {
  since: EventTime;
  last: EventTime;
  /** Calls that no signal has brought; nothing is told before it is open. */
  calls: CallSum;
  isOpen: boolean;
  /** Baseline spend of an hour when it opened, and what of it was told, in picodollars. */
  hourly: number;
  told: number;
}

/**
 * Counts a call. One that does not contribute follows the first one that does once the allowed lateness
 * has passed: nothing of that time can have come before it, so that the sum does not depend on order.
 * What did not open until `oldest` begins anew.
 */
export function gather(
  known: Incident | null,
  observed: Observed,
  contributes: boolean,
  oldest: EventTime,
): Incident | null {
  const { at } = observed;
  const isStale = known !== null && !known.isOpen && known.since <= oldest;
  const incident = contributes && (!known || isStale) ? begin(at) : known;
  if (!incident) return null;
  if (contributes) incident.since = Math.min(incident.since, at);
  else if (at <= incident.since + ALLOWED_LATENESS) return incident;
  incident.last = Math.max(incident.last, at);
  addCall(incident.calls, observed);
  return incident;
}

function begin(at: EventTime): Incident {
  return { since: at, last: at, calls: noCalls(), isOpen: false, hourly: 0, told: 0 };
}

/** Opens the incident, and brings what was gathered since the last time; null where that is nothing. */
export function bring(
  incident: Incident,
  series: IdentitySeries | null,
): (Brought & Pick<Signal, "expected">) | null {
  const { calls } = incident;
  if (calls.calls === 0) return null;
  if (!incident.isOpen) {
    const spend = series ? baselineOf(series.spend) : null;
    incident.hourly = spend ? (spend.mean * spend.activeHours) / (WINDOW_DAYS * 24) : 0;
    incident.isOpen = true;
  }
  incident.calls = noCalls();
  const expected = Math.round((incident.hourly * (incident.last - incident.since)) / HOUR);
  const added = expected - incident.told;
  incident.told = expected;
  return { ...bringSum(calls), expected: BigInt(added) };
}

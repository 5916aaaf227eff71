import { baselineOf, WINDOW_DAYS } from "#core/baseline/hour-series.ts";
import type { IdentitySeries } from "#core/detector.ts";
import { type EventTime, HOUR } from "#core/time.ts";

/** A credential under suspicion: from `since` on all its calls count, against what its identity ordinarily spends. */
export interface Incident {
  since: EventTime;
  last: EventTime;
  /** Baseline spend of an hour when it opened, and what of it was told, in picodollars. */
  hourly: number;
  told: number;
}

export function openIncident(since: EventTime, series: IdentitySeries | null): Incident {
  const spend = series ? baselineOf(series.spend) : null;
  const hourly = spend ? (spend.mean * spend.activeHours) / (WINDOW_DAYS * 24) : 0;
  return { since, last: since, hourly, told: 0 };
}

/** Moves the incident on to `at`, and returns what is newly expected, in picodollars. */
export function expectUntil(incident: Incident, at: EventTime): bigint {
  incident.last = Math.max(incident.last, at);
  const expected = Math.round((incident.hourly * (incident.last - incident.since)) / HOUR);
  const added = expected - incident.told;
  incident.told = expected;
  return BigInt(added);
}

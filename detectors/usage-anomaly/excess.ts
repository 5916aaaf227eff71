import {
  baselineOf,
  type HourBaseline,
  type HourSeries,
  lastHours,
  LONGEST,
} from "#core/baseline/hour-series.ts";
import { recentAlarm } from "#core/baseline/rare-hours.ts";
import type { IdentitySeries } from "#core/detector.ts";
import { PICO_PER_USD } from "#core/money.ts";
import type { Params } from "./params.ts";

export type Metric = "calls" | "spend";
export type Reason = "one_hour" | "two_hours" | "six_hours" | "sparse_run" | "cold_ceiling";

/** How far the newest hours lie above what is ordinary; calls, or picodollars. */
export interface Excess {
  metric: Metric;
  reason: Reason;
  /** Running hours that are judged as one. */
  hours: number;
  observed: number;
  limit: number;
  /** What the limit is a multiple of: the own peak hour, the own largest six, or the ceiling itself. */
  own: number;
  /** Upper edge of the ordinary hour. */
  high: number;
  /** Its largest hour over the own peak hour (or the ceiling). */
  level: number;
  /** Upper edge of an ordinary hour among the judged ones. */
  edge: number;
  baseline: HourBaseline;
  /** How rare the rarest of the newest six hours of calls is for this identity; null where none is. */
  score: number | null;
}

/** What is in excess of calls and spend, the one further above its limit; null where neither is. */
export function excessOf(series: IdentitySeries, params: Params, floor: number): Excess | null {
  const calls = judge("calls", series, params, floor);
  const spend = judge("spend", series, params, 0);
  if (!calls || !spend) return calls ?? spend;
  return spend.observed / spend.limit > calls.observed / calls.limit ? spend : calls;
}

/** Hours with less than the floor are never part of an excess. */
function judge(
  metric: Metric,
  series: IdentitySeries,
  params: Params,
  floor: number,
): Excess | null {
  const own = series[metric];
  if (own.recent[0]! < floor) return null;
  const baseline = baselineOf(own);
  const score = recentAlarm(series.rare, own.hour);
  const isRare = metric === "calls" && score !== null;
  const found =
    own.hour - own.since < params.min_days * 24 || baseline.activeHours === 0
      ? aboveCeiling(metric, own, params)
      : baseline.activeHours < params.min_active_hours
        ? ofSparse(own, baseline, params, floor)
        : ofActive(own, baseline, params, floor, isRare);
  if (!found) return null;
  const peak = found.reason === "cold_ceiling" ? found.limit : baseline.peak;
  const level = Math.max(...own.recent.slice(0, found.hours)) / peak;
  const edge = found.reason === "six_hours" ? found.limit / found.hours : found.high;
  return { metric, ...found, level, edge, baseline, score };
}

type Found = Omit<Excess, "metric" | "level" | "edge" | "baseline" | "score">;

function ofActive(
  own: HourSeries,
  { peak, window }: HourBaseline,
  params: Params,
  floor: number,
  isRare: boolean,
): Found | null {
  const observed = own.recent[0]!;
  const high = params.sustained * peak;
  const sudden = params.sudden * peak;
  if (observed > sudden) {
    return { reason: "one_hour", hours: 1, observed, limit: sudden, own: peak, high };
  }
  const least = leastOf(own, 2);
  if (least > high && least >= floor) {
    return { reason: "two_hours", hours: 2, observed: least, limit: high, own: peak, high };
  }
  const sum = lastHours(own, LONGEST);
  const limit = (isRare ? params.rare_window : params.window) * window;
  if (sum <= limit) return null;
  return { reason: "six_hours", hours: LONGEST, observed: sum, limit, own: window, high };
}

/** Few hours say little of how high an ordinary one may be, more of how long an excess lasts. */
function ofSparse(
  own: HourSeries,
  { peak }: HourBaseline,
  { sparse, sparse_hours: hours }: Params,
  floor: number,
): Found | null {
  const limit = sparse * peak;
  const observed = leastOf(own, hours);
  if (observed <= limit || observed < floor) return null;
  return { reason: "sparse_run", hours, observed, limit, own: peak, high: limit };
}

function aboveCeiling(
  metric: Metric,
  { recent: [observed = 0] }: HourSeries,
  { cold_calls_hour, cold_usd_hour }: Params,
): Found | null {
  const limit = metric === "calls" ? cold_calls_hour : usd(cold_usd_hour);
  if (observed <= limit) return null;
  return { reason: "cold_ceiling", hours: 1, observed, limit, own: limit, high: limit };
}

/** The smallest of the newest hours: all of them are at least that large. */
function leastOf({ recent }: HourSeries, hours: number): number {
  let least = Infinity;
  for (let age = 0; age < hours; age++) least = Math.min(least, recent[age]!);
  return least;
}

/**
 * Picodollars that one of the judged hours may cost: its upper edge; in calls, at what its own calls cost,
 * or those of all judged hours where it has none.
 */
export function allowedOf(
  { metric, edge, hours }: Excess,
  age: number,
  series: IdentitySeries,
): number {
  if (metric === "spend") return edge;
  const { calls, spend } = series;
  if (calls.recent[age]! > 0) return (edge * spend.recent[age]!) / calls.recent[age]!;
  return (edge * lastHours(spend, hours)) / lastHours(calls, hours);
}

function usd(amount: number): number {
  return amount * Number(PICO_PER_USD);
}

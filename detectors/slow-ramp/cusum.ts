import type { Params } from "./params.ts";

/** What is known at the beginning of a day. */
export interface Ordinary {
  /** Calls of an ordinary day, and the days it rests on. */
  calls: number;
  days: number;
  /** More calls today are too many. */
  limit: number;
  /** What the days before summed up to. */
  cusum: number;
}

const WEEK = 7;
/** Deviations that one day may add at most: a burst is another rule's business. */
const MOST = 4;

/**
 * One-sided CUSUM (Page 1954): S = max(0, S + (y - m) / s - drift), with y = ln(1 + calls) of a day, m and
 * s its mean and deviation over the older week; too much where S passes the limit. Solved for the calls of
 * today, so that the day need not be over. Null where too few days are known.
 */
export function limitOf(days: readonly number[], params: Params): Ordinary | null {
  const { min_days, min_ordinary_day, drift, limit, deviation, min_calls_day } = params;
  if (days.length < min_days) return null;
  const older = Math.min(WEEK, days.length);
  const logs = days.map((calls) => Math.log1p(calls));
  const ordinary = logs.slice(0, older);
  const mean = meanOf(ordinary);
  const calls = Math.expm1(mean);
  if (calls < min_ordinary_day) return null;
  const spread = Math.sqrt(meanOf(ordinary.map((y) => (y - mean) ** 2)));
  const s = Math.max(deviation, spread);
  let cusum = 0;
  for (const y of logs.slice(older)) {
    cusum = Math.max(0, cusum + Math.min(MOST, (y - mean) / s) - drift);
  }
  const needed = limit - cusum + drift;
  const most = needed > MOST ? Infinity : Math.expm1(mean + s * needed);
  return { calls, days: older, limit: Math.max(min_calls_day, most), cusum };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

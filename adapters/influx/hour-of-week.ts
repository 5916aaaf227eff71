import { median, medianAbsoluteDeviation, quantile } from "simple-statistics";
import { DAY, type EventTime, HOUR } from "#core/time.ts";

/** Hours in a week; hour 0 is Sunday, midnight to one, UTC. */
export const HOURS_OF_WEEK = 168;

/** What one hour of the week is like. Units are those of the metric. */
export interface HourProfile {
  /** Weeks it rests on. */
  n: number;
  median: number;
  /** Median absolute deviation from the median, not scaled to a standard deviation. */
  mad: number;
  p95: number;
  p99: number;
}

/**
 * The profile of every hour of the week from hourly totals; null for one that the range does not
 * hold. Hours without usage count as zero, or idle hours would vanish and lift the median, but only from
 * the first hour with usage on: before it there was nobody to be idle. Quantiles are of R's type 7.
 */
export function profileHours(
  totals: ReadonlyMap<EventTime, number>,
  to: EventTime,
): (HourProfile | null)[] {
  const samples = Array.from({ length: HOURS_OF_WEEK }, (): number[] => []);
  const first = [...totals.keys()].reduce((least, hour) => Math.min(least, hour), Infinity);
  for (let hour = first; hour + HOUR <= to; hour += HOUR) {
    samples[hourOfWeek(hour)]?.push(totals.get(hour) ?? 0);
  }
  return samples.map((values) => (values.length === 0 ? null : profileOf(values)));
}

export function hourOfWeek(at: EventTime): number {
  return new Date(at).getUTCDay() * (DAY / HOUR) + new Date(at).getUTCHours();
}

function profileOf(values: readonly number[]): HourProfile {
  const own = [...values];
  return {
    n: own.length,
    median: median(own),
    mad: medianAbsoluteDeviation(own),
    p95: quantile(own, 0.95),
    p99: quantile(own, 0.99),
  };
}

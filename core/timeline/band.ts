import { divideHalfEven, formatUsd, type Pico } from "../money.ts";
import type { BandPoint } from "../pipeline/outputs.ts";
import { type EventTime, formatTime, HOUR } from "../time.ts";
import type { TimelineMetric, TimelineReport } from "./report.ts";

/** The band a chart draws under a metric; null where there is none. */
export function bandOf(
  points: readonly BandPoint[],
  metric: TimelineMetric,
): TimelineReport["band"] {
  if (metric === "tokens") return null;
  const stored = metric === "cost" ? "cost_pico" : "calls";
  const render = (value: number): string | number =>
    metric === "cost" ? formatUsd(toPico(value)) : value;
  return {
    metric,
    points: points
      .filter((point) => point.metric === stored)
      .map(({ start, expected, low, high, samples }) => ({
        start: formatTime(start),
        expected: render(expected),
        low: render(low),
        high: render(high),
        samples,
      })),
  };
}

/** What a band expects of a window: its middle and its upper edge. */
export interface Expectation {
  expected: Pico;
  upper: Pico;
}

/**
 * The cost that a band expects in a window, over the hours that had usage, those at its ends in
 * proportion. An hour whose band is not known yet takes that of the hour before it; null where no hour
 * has any.
 */
export function expectedIn(
  points: readonly BandPoint[],
  usedHours: readonly EventTime[],
  from: EventTime,
  to: EventTime,
): Expectation | null {
  const costs = points.filter(({ metric }) => metric === "cost_pico");
  let expectation: Expectation | null = null;
  for (const hour of usedHours) {
    const band = costs.findLast(({ start }) => start <= hour);
    if (!band) continue;
    const part = BigInt(Math.min(to, hour + HOUR) - Math.max(from, hour));
    expectation ??= { expected: 0n, upper: 0n };
    expectation.expected += divideHalfEven(toPico(band.expected) * part, BigInt(HOUR));
    expectation.upper += divideHalfEven(toPico(band.high) * part, BigInt(HOUR));
  }
  return expectation;
}

/** Baselines are doubles: exact below 9,007 USD an hour. */
function toPico(value: number): Pico {
  return BigInt(Math.round(value));
}

import { divideHalfEven, formatUsd, type Pico } from "../money.ts";
import type { SeriesTotal } from "../ports/series-store.ts";
import { type EventTime, formatTime } from "../time.ts";
import type { Expectation } from "./band.ts";
import type { TimelineReport } from "./report.ts";
import { splitTotals } from "./series.ts";
import { sumUp, usageOf } from "./usage.ts";

/** A stretch of the range with what was used in it. */
export interface Stretch {
  from: EventTime;
  to: EventTime;
  totals: readonly SeriesTotal[];
}

type WindowReport = NonNullable<TimelineReport["window"]>;

/**
 * Sets a window against what surrounds it: what it cost, what was to be expected, and the exact
 * difference. Without a band the rate before the window is what was to be expected of it.
 */
export function windowReport(
  stretches: { before: Stretch; inside: Stretch; after: Stretch },
  largest: readonly string[],
  band: Expectation | null,
): WindowReport {
  const { before, inside, after } = stretches;
  const expected = band?.expected ?? expectedByRate(before, inside);
  const basis = band ? "band" : expected === null ? "none" : "before";
  return {
    before: section(before, largest),
    inside: section(inside, largest),
    after: section(after, largest),
    basis,
    expected: expected === null ? null : formatUsd(expected),
    upper: band ? formatUsd(band.upper) : null,
    excess: expected === null ? null : formatUsd(sumUp(inside.totals).cost - expected),
  };
}

/** The cost before, in proportion to the lengths; null where nothing was used before. */
function expectedByRate(before: Stretch, inside: Stretch): Pico | null {
  const { calls, cost } = sumUp(before.totals);
  if (calls === 0) return null;
  return divideHalfEven(cost * lengthOf(inside), lengthOf(before));
}

function lengthOf({ from, to }: Stretch): bigint {
  return BigInt(to - from);
}

function section(
  { from, to, totals }: Stretch,
  largest: readonly string[],
): WindowReport["inside"] {
  return {
    from: formatTime(from),
    to: formatTime(to),
    total: usageOf(sumUp(totals)),
    split: largest.length === 0 ? [] : splitTotals(largest, totals),
  };
}

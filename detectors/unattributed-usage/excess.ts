import { baselineOf, type HourSeries } from "#core/baseline/hour-series.ts";
import type { Facts } from "#core/detector.ts";
import { HOUR } from "#core/time.ts";
import type { Gap } from "./gap.ts";
import type { Excess, Hour, Own } from "./hour.ts";
import type { Params } from "./params.ts";

/** All calls of a source by the hour, and those with each gap. */
export interface SourceSeries {
  calls: HourSeries;
  missing: Record<Gap, HourSeries>;
}

export function ownOf({ calls, missing }: SourceSeries, gap: Gap): Own {
  const all = baselineOf(calls);
  const such = baselineOf(missing[gap]);
  const total = all.mean * all.activeHours;
  const share = total === 0 ? 0 : (such.mean * such.activeHours) / total;
  return { hours: all.activeHours, share, peak: such.peak };
}

/** What is more than ordinary in an hour; null where nothing is. */
export function judge(
  { calls, missing }: SourceSeries,
  hour: Hour,
  own: Own,
  gap: Gap,
  params: Params,
  minCalls: number,
): Excess | null {
  const { spend, unpriced } = hour.missing[gap];
  const age = calls.hour - hour.hour;
  const count = missing[gap].recent[age]!;
  const ofCalls = count / calls.recent[age]!;
  const limit = own.share + params.rise;
  const isMore = count >= minCalls && count > params.own_peak * own.peak;
  if (isMore && ofCalls >= limit && own.hours >= params.min_active_hours) {
    return { gap, reason: "degraded", calls: count, observed: ofCalls, limit, own };
  }
  if (gap === "owner") return null;
  const hasMoney = spend > params.usd_hour * 1e12 || unpriced >= params.unpriced_calls_hour;
  const ofSpend = hour.spend > 0 ? Math.min(1, spend / hour.spend) : 0;
  const observed = Math.max(ofCalls, ofSpend);
  if (!hasMoney || observed <= params.share) return null;
  return { gap, reason: "share", calls: count, observed, limit: params.share, own };
}

export function factsOf(source: string, excess: Excess, params: Params): Facts {
  const { gap, calls, observed, limit, own } = excess;
  const hasHistory = own.hours >= params.min_active_hours;
  return {
    metric: gap,
    source,
    window: HOUR / 1_000,
    calls,
    observed: percent(observed),
    expected: percent(limit),
    ratio: percent(observed) / Math.max(1, percent(limit)),
    rise: hasHistory ? percent(observed - own.share) : null,
    baseline: {
      source: hasHistory ? "own" : "none",
      n: own.hours,
      share: hasHistory ? percent(own.share) : null,
    },
  };
}

/** With one decimal. */
function percent(fraction: number): number {
  return Math.round(fraction * 1_000) / 10;
}

import { z } from "zod";
import {
  baselineOf,
  type HourBaseline,
  hourOf,
  type HourSeries,
} from "#core/baseline/hour-series.ts";
import {
  defineDetector,
  type Facts,
  type IdentitySeries,
  NO_SIGNALS,
  type Observed,
  type Signal,
} from "#core/detector.ts";
import { DAY, HOUR } from "#core/time.ts";

const Params = z.strictObject({
  sustained: z
    .number()
    .min(1)
    .default(1.2)
    .describe("Two running hours above this multiple of the own peak hour."),
  sudden: z
    .number()
    .min(1)
    .default(5)
    .describe("One hour above this multiple of the own peak hour."),
  min_active_hours: z
    .int()
    .min(1)
    .default(24)
    .describe("Hours with traffic in seven days before the own peak is trusted."),
  cold_calls_hour: z.number().min(1).default(5_000).describe("Until then: calls in one hour."),
  cold_usd_hour: z.number().positive().default(100).describe("Until then: spend in one hour, USD."),
});
type Params = z.infer<typeof Params>;

type Metric = "calls" | "spend";

interface State {
  /** The newest hour whose total is already in a signal. */
  reported: number;
  /** Calls without a price in the current and the previous hour. */
  hour: number;
  unpriced: number;
  unpricedBefore: number;
}

interface Excess {
  metric: Metric;
  reason: "two_hours" | "one_hour" | "cold_ceiling";
  /** What was exceeded, and by what: calls, or picodollars. */
  limit: number;
  observed: number;
  /** Upper edge of the ordinary hour in the same unit. */
  high: number;
  /** Picodollars the ordinary hour may cost. */
  allowed: number;
  baseline: HourBaseline;
}

/**
 * Calls or spend of an identity far above its own peak hour of the last seven days: two running hours
 * above 1.2 times, or one above 5 times. Textbook scores (mean and deviation, same hour yesterday)
 * flag a quarter to a half of the days of real tenants; the peak rule flags about one in fifty.
 * Fails below about one peak: volume alone cannot separate there.
 */
export const usageAnomaly = defineDetector<Params, State>({
  id: "usage-anomaly",
  version: 1,
  summary: "Calls or spend of an identity exceed its own peak hour of the last seven days.",
  params: Params,
  facts: {
    metric: "`calls` or `spend`, whichever is further above its limit",
    window: "length of the judged window, in seconds",
    observed: "calls, or USD, in the hour so far",
    expected: "the limit: the own peak hour times the rule's multiple",
    ratio: "observed / own peak hour (or / ceiling)",
    band: "lowest and highest ordinary hour",
    rarity: "share of the identity's own active hours at or above, at most 1 / (n + 1)",
    baseline: "source (`own` or `ceiling`), n active hours, peak and mean hour",
  },
  reasons: {
    two_hours: "Two running hours above the sustained multiple of the own peak hour.",
    one_hour: "One hour above the sudden multiple of the own peak hour.",
    cold_ceiling: "Too little history for an own peak, and above the site's ceiling for one hour.",
  },

  key: ({ event }) => event.identity?.id ?? null,
  init: () => ({ reported: -1, hour: -1, unpriced: 0, unpricedBefore: 0 }),

  step(state, observed, params, { series, impact }) {
    countUnpriced(state, observed);
    if (!series || hourOf(observed.at) !== series.calls.hour) return NO_SIGNALS;
    if (series.calls.current < impact.min_calls_hour) return NO_SIGNALS;
    const excess = worst(
      judge("calls", series, params, impact.min_calls_hour),
      judge("spend", series, params, 0),
    );
    if (!excess) return NO_SIGNALS;
    const hour = series.calls.hour;
    const added = hour === state.reported ? 0 : excess.reason === "two_hours" ? 2 : 1;
    const hours = Math.min(added, hour - state.reported);
    state.reported = hour;
    return [
      hours === 0 ? oneCall(observed, excess) : wholeHours(hours, state, observed, excess, series),
    ];
  },

  idle: (state, now) => now - state.hour * HOUR > 8 * DAY,
});

function countUnpriced(state: State, { at, cost }: Observed): void {
  const hour = hourOf(at);
  if (hour > state.hour) {
    state.unpricedBefore = hour === state.hour + 1 ? state.unpriced : 0;
    state.unpriced = 0;
    state.hour = hour;
  }
  if (cost !== null) return;
  if (hour === state.hour) state.unpriced += 1;
  else if (hour === state.hour - 1) state.unpricedBefore += 1;
}

function judge(
  metric: Metric,
  { calls, spend }: IdentitySeries,
  params: Params,
  floor: number,
): Excess | null {
  const { current, previous } = metric === "calls" ? calls : spend;
  const baseline = baselineOf(metric === "calls" ? calls : spend);
  if (baseline.activeHours < params.min_active_hours) {
    const usd = params.cold_usd_hour * 1e12;
    const limit = metric === "calls" ? params.cold_calls_hour : usd;
    if (current <= limit) return null;
    return {
      metric,
      reason: "cold_ceiling",
      limit,
      observed: current,
      high: limit,
      allowed: usd,
      baseline,
    };
  }
  const high = params.sustained * baseline.peak;
  if (current <= high || current < floor) return null;
  const sudden = params.sudden * baseline.peak;
  const isSudden = current > sudden;
  if (!isSudden && (previous <= high || previous < floor)) return null;
  return {
    metric,
    reason: isSudden ? "one_hour" : "two_hours",
    limit: isSudden ? sudden : high,
    observed: current,
    high,
    allowed: params.sustained * baselineOf(spend).peak,
    baseline,
  };
}

function worst(a: Excess | null, b: Excess | null): Excess | null {
  if (!a || !b) return a ?? b;
  return b.observed / b.limit > a.observed / a.limit ? b : a;
}

/** The first signal of an hour brings the hour so far, and the one before it where both are in excess; each may cost what the band allows. */
function wholeHours(
  hours: number,
  state: State,
  observed: Observed,
  excess: Excess,
  { calls, spend }: IdentitySeries,
): Signal {
  const total = (series: HourSeries): number =>
    series.current + (hours === 2 ? series.previous : 0);
  const unpriced = state.unpriced + (hours === 2 ? state.unpricedBefore : 0);
  return {
    ...oneCall(observed, excess),
    since: (calls.hour - hours + 1) * HOUR,
    calls: total(calls),
    observed: unpriced === total(calls) ? null : BigInt(Math.round(total(spend))),
    expected: BigInt(Math.round(hours * excess.allowed)),
    unpriced,
  };
}

function oneCall({ event, at, cost }: Observed, excess: Excess): Signal {
  return {
    entity: { type: "identity", id: event.identity!.id! },
    reason: excess.reason,
    score: 1 - excess.limit / excess.observed / 2,
    since: at,
    calls: 1,
    observed: cost,
    expected: 0n,
    unpriced: cost === null ? 1 : 0,
    eventIds: [event.id],
    facts: factsOf(excess),
  };
}

function factsOf({ metric, reason, limit, observed, high, baseline }: Excess): Facts {
  const own = reason !== "cold_ceiling";
  const { peak, mean, activeHours } = baseline;
  const unit = metric === "spend" ? 1e12 : 1;
  return {
    metric,
    window: reason === "two_hours" ? 7_200 : 3_600,
    observed: observed / unit,
    expected: limit / unit,
    ratio: observed / (own ? peak : limit),
    band: { low: 0, high: high / unit },
    rarity: own ? 1 / (activeHours + 1) : null,
    baseline: {
      source: own ? "own" : "ceiling",
      n: activeHours,
      peak: peak / unit,
      mean: mean / unit,
    },
  };
}

import { type HourSeries, hourOf, LONGEST } from "#core/baseline/hour-series.ts";
import {
  defineDetector,
  type Facts,
  type IdentitySeries,
  NO_SIGNALS,
  type Observed,
  type Signal,
} from "#core/detector.ts";
import { PICO_PER_USD } from "#core/money.ts";
import { DAY, HOUR } from "#core/time.ts";
import { allowedOf, type Excess, excessOf } from "./usage-anomaly/excess.ts";
import { Params } from "./usage-anomaly/params.ts";

interface State {
  /** Hours whose totals are in signals, since the epoch; the hour they were judged with, and picodollars told as expected. */
  told: { hour: number; by: number; expected: number }[];
  /** The newest hour; calls without a price in it and in the ones before, newest first. */
  hour: number;
  unpriced: number[];
}

/**
 * Calls or spend of an identity far above its own peaks of the last seven days: one hour, two running
 * hours or the sum of six. Textbook scores (mean and deviation, same hour yesterday) flag a quarter to
 * a half of the days of real tenants; own peaks flag about one in fifty. A sparse identity has little
 * history to be held against, but its bursts are short: there the length of the excess decides.
 */
export const usageAnomaly = defineDetector<Params, State>({
  id: "usage-anomaly",
  version: 3,
  summary: "Calls or spend of an identity exceed its own peaks of the last seven days.",
  params: Params,
  facts: {
    metric: "`calls` or `spend`, whichever is further above its limit",
    window: "length of the judged window, in seconds",
    observed:
      "calls, or USD, in the hour so far; of several running hours the least; for `six_hours` their sum",
    expected: "the limit: the own peak times the rule's multiple",
    ratio: "observed / own peak (or / ceiling)",
    band: "lowest and highest ordinary hour",
    rarity: "share of the identity's own active hours at or above, at most 1 / (n + 1)",
    score:
      "metric score of the rarest of the newest six hours of calls, null where none was an alarm",
    baseline:
      "source (`own`, `sparse`: own but of few hours, or `ceiling`), n active hours, peak and mean hour",
  },
  reasons: {
    one_hour: "One hour above the sudden multiple of the own peak hour.",
    two_hours: "Two running hours above the sustained multiple of the own peak hour.",
    six_hours: "Six running hours together above their multiple of the own largest six.",
    sparse_run: "Little history, and several running hours above a multiple of its peak hour.",
    cold_ceiling: "Too little history for an own peak, and above the site's ceiling for one hour.",
  },

  key: ({ event }) => event.identity?.id ?? null,
  init: () => ({ told: [], hour: -1, unpriced: Array.from({ length: LONGEST }, () => 0) }),

  step(state, observed, params, { series, impact }) {
    countUnpriced(state, observed);
    if (!series) return NO_SIGNALS;
    const hour = hourOf(observed.at);
    const judged = asOf(series, hour);
    if (!judged || judged.calls.recent[0]! < impact.min_calls_hour) return NO_SIGNALS;
    const excess = excessOf(judged, params, impact.min_calls_hour);
    if (excess) return [wholeHours(state, observed, excess, judged)];
    // A call that comes late adds to an hour that was told as part of a later excess.
    if (!state.told.some((one) => one.hour === hour)) return NO_SIGNALS;
    const later = excessOf(series, params, impact.min_calls_hour);
    return later ? [oneCall(observed, later)] : NO_SIGNALS;
  },

  idle: (state, now) => now - state.hour * HOUR > 8 * DAY,
});

function countUnpriced(state: State, { at, cost }: Observed): void {
  const { unpriced } = state;
  const hour = hourOf(at);
  for (let i = Math.min(hour - state.hour, LONGEST); i > 0; i--) {
    unpriced.pop();
    unpriced.unshift(0);
  }
  state.hour = Math.max(state.hour, hour);
  const age = state.hour - hour;
  if (cost === null && age < LONGEST) unpriced[age]! += 1;
}

/** The series as they stood while an hour ran, but for calls that came late; null where that is too long ago. */
function asOf(series: IdentitySeries, hour: number): IdentitySeries | null {
  const age = series.calls.hour - hour;
  if (age <= 0) return series;
  if (age >= LONGEST) return null;
  const back = (own: HourSeries): HourSeries => ({ ...own, hour, recent: own.recent.slice(age) });
  return { ...series, calls: back(series.calls), spend: back(series.spend) };
}

/**
 * The first signal of an hour brings the hour so far, and those before it that are judged with it; each
 * may cost what the band allows. That moves with the mean cost of its calls: each signal corrects what the
 * ones before it told of the hours judged with it, so that the sum does not depend on order.
 */
function wholeHours(
  state: State,
  observed: Observed,
  excess: Excess,
  series: IdentitySeries,
): Signal {
  const { calls, spend } = series;
  const signal = oneCall(observed, excess);
  const added: number[] = [];
  const before = expectedOf(state);
  for (let age = 0; age < excess.hours; age++) {
    const hour = calls.hour - age;
    if (state.told.some((one) => one.hour === hour)) continue;
    state.told.push({ hour, by: calls.hour, expected: 0 });
    added.push(age);
  }
  for (const told of state.told) {
    if (told.by !== calls.hour && told.hour !== calls.hour) continue;
    told.expected = allowedOf(excess, calls.hour - told.hour, series);
  }
  const expected = BigInt(expectedOf(state) - before);
  state.told = state.told.filter(({ hour }) => hour > state.hour - 2 * LONGEST);
  if (added.length === 0) return { ...signal, expected };
  const sum = (of: readonly number[], from = 0): number =>
    added.reduce((total, age) => total + (of[from + age] ?? 0), 0);
  const total = sum(calls.recent);
  const unpriced = sum(state.unpriced, state.hour - calls.hour);
  return {
    ...signal,
    since: (calls.hour - added.at(-1)!) * HOUR,
    calls: total,
    observed: unpriced === total ? null : BigInt(Math.round(sum(spend.recent))),
    expected,
    unpriced,
  };
}

function expectedOf({ told }: State): number {
  return Math.round(told.reduce((sum, { expected }) => sum + expected, 0));
}

function oneCall({ event, at, cost }: Observed, excess: Excess): Signal {
  return {
    entity: { type: "identity", id: event.identity!.id! },
    reason: excess.reason,
    score: 1 - excess.limit / excess.observed / 2,
    level: excess.level,
    since: at,
    calls: 1,
    observed: cost,
    expected: 0n,
    unpriced: cost === null ? 1 : 0,
    eventIds: [event.id],
    facts: factsOf(excess),
  };
}

function factsOf(excess: Excess): Facts {
  const { metric, reason, hours, observed, limit, own, high, baseline, score } = excess;
  const isOwn = reason !== "cold_ceiling";
  const { peak, mean, activeHours } = baseline;
  const unit = metric === "spend" ? Number(PICO_PER_USD) : 1;
  return {
    metric,
    window: (hours * HOUR) / 1_000,
    observed: observed / unit,
    expected: limit / unit,
    ratio: observed / own,
    band: { low: 0, high: high / unit },
    rarity: isOwn ? 1 / (activeHours + 1) : null,
    score,
    baseline: {
      source: !isOwn ? "ceiling" : reason === "sparse_run" ? "sparse" : "own",
      n: activeHours,
      peak: peak / unit,
      mean: mean / unit,
    },
  };
}

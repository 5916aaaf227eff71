import { z } from "zod";
import {
  add,
  baselineOf,
  createHourSeries,
  type HourSeries,
  hourOf,
  roll,
} from "#core/baseline/hour-series.ts";
import {
  defineDetector,
  type DetectorContext,
  NO_SIGNALS,
  type Observed,
  type Signal,
} from "#core/detector.ts";
import { DAY, HOUR } from "#core/time.ts";
import { addCall, bringSum, type CallSum, mergeCalls, noCalls } from "./call-sum.ts";
import { amountOf, METRICS } from "./own-metric/metrics.ts";

const multiple = z.number().min(1);

const Params = z.strictObject({
  metric: z
    .enum(METRICS)
    .describe(
      "`rejected_calls`: failed for a reason that trying again does not cure; `unpriced_tokens`: of calls without a price, but for those from the cache.",
    ),
  sustained: multiple.default(1.5).describe("Two running hours above this multiple of the peak."),
  sudden: multiple.default(5).describe("One hour above this multiple of it."),
  floor: z.number().min(1).describe("And in each of the two hours at least so much."),
  sudden_floor: z.number().min(1).describe("And in the one hour."),
  share: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe("And by at least this share of the identity's calls of the hour."),
  min_days: z.number().min(0).default(3).describe("Age of an identity before it is judged."),
});
type Params = z.infer<typeof Params>;

/** Calls of one hour that count for the metric and that no signal has brought. */
interface Hour {
  hour: number;
  calls: number;
  waiting: CallSum;
  /** Once told, each further such call of the hour is brought, whatever came in between. */
  told: Told | null;
}

interface State {
  series: HourSeries;
  /** The running hour and the one before it, for calls that come late. */
  hours: Hour[];
}

interface Told {
  reason: "one_hour" | "two_hours";
  observed: number;
  limit: number;
  peak: number;
  hours: number;
}

/**
 * What neither the calls nor the spend of an identity show: calls that are rejected, and tokens that
 * nobody has a price for. Each is held against the identity's own peak hour of seven days, zero where
 * it never had any. Fails below its floors, and for identities of the last days.
 */
export const ownMetric = defineDetector<Params, State>({
  id: "own-metric",
  version: 1,
  summary: "Rejected calls, or tokens without a price, exceed the identity's own peaks.",
  params: Params,
  facts: {
    metric: "`rejected_calls` or `unpriced_tokens`",
    window: "length of the judged window, in seconds",
    observed: "how much in the hour so far; of two running hours the less",
    expected: "the limit: the own peak times the rule's multiple, or the floor",
    ratio: "observed / expected",
    share: "share of the identity's calls of the hour, in percent",
    baseline: "source `own`, n hours that had any in seven days, and their peak",
  },
  reasons: {
    one_hour: "One hour above the sudden multiple of the own peak hour.",
    two_hours: "Two running hours above the sustained multiple of the own peak hour.",
  },

  key(observed, { metric }) {
    if (amountOf(metric, observed) <= 0) return null;
    return observed.event.identity?.id ?? null;
  },

  init: () => ({ series: createHourSeries(), hours: [] }),

  step(state, observed, params, { series: identity }) {
    const { at } = observed;
    const { series } = state;
    if (roll(series, at)) startHour(state);
    add(series, at, amountOf(params.metric, observed));
    const hour = state.hours.find((one) => one.hour === hourOf(at));
    if (!identity || !hour) return NO_SIGNALS;
    hour.calls += 1;
    addCall(hour.waiting, observed);
    hour.told = judge(state, hour, identity, params) ?? hour.told;
    if (!hour.told) return NO_SIGNALS;
    return [toSignal(state, hour, hour.told, observed, identity, params)];
  },

  idle: ({ series }, now) => now - series.hour * HOUR > 8 * DAY,
});

function startHour(state: State): void {
  const { hour } = state.series;
  const before = state.hours.filter((one) => one.hour === hour - 1);
  state.hours = [{ hour, calls: 0, waiting: noCalls(), told: null }, ...before];
}

type Identity = NonNullable<DetectorContext["series"]>;

function judge({ series }: State, hour: Hour, { calls }: Identity, params: Params): Told | null {
  if (calls.hour - calls.since < params.min_days * 24) return null;
  if (shareOf(hour, calls) < params.share) return null;
  const age = series.hour - hour.hour;
  const observed = series.recent[age]!;
  const { peak } = baselineOf(series);
  const sudden = Math.max(params.sudden_floor, params.sudden * peak);
  if (observed >= sudden) return { reason: "one_hour", observed, limit: sudden, peak, hours: 1 };
  const limit = Math.max(params.floor, params.sustained * peak);
  const least = Math.min(observed, series.recent[age + 1]!);
  if (least < limit) return null;
  return { reason: "two_hours", observed: least, limit, peak, hours: 2 };
}

/** Such calls among all that the identity made in the hour. */
function shareOf(hour: Hour, calls: HourSeries): number {
  return Math.min(1, hour.calls / Math.max(1, calls.recent[calls.hour - hour.hour] ?? 0));
}

/** Brings the hour so far, and the one before it where that is judged with it. */
function toSignal(
  { series, hours }: State,
  hour: Hour,
  told: Told,
  { event }: Observed,
  { calls }: Identity,
  { metric }: Params,
): Signal {
  const sum = noCalls();
  for (const one of told.hours === 2 ? hours : [hour]) {
    if (one.hour > hour.hour) continue;
    mergeCalls(sum, one.waiting);
    one.waiting = noCalls();
  }
  const { reason, observed, limit, peak, hours: judged } = told;
  return {
    ...bringSum(sum),
    entity: { type: "identity", id: event.identity!.id! },
    reason,
    score: 1 - limit / observed / 2,
    expected: 0n,
    facts: {
      metric,
      window: (judged * HOUR) / 1_000,
      observed,
      expected: limit,
      ratio: observed / limit,
      share: Math.round(shareOf(hour, calls) * 1_000) / 10,
      baseline: { source: "own", n: baselineOf(series).activeHours, peak },
    },
  };
}

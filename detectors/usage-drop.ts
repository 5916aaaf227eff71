import { z } from "zod";
import { baselineOf, type HourSeries, LONGEST } from "#core/baseline/hour-series.ts";
import { defineDetector, NO_SIGNALS, type Observed, type Signal } from "#core/detector.ts";
import { DAY, HOUR } from "#core/time.ts";

const Params = z.strictObject({
  share: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe("Two full hours below this share of the identity's own least hour of seven days."),
  min_calls_hour: z.number().min(1).default(20).describe("And so many calls in that least hour."),
  active_hours: z
    .int()
    .min(1)
    .max(168)
    .default(134)
    .describe("Hours with traffic in seven days that make an identity steady."),
  min_days: z.int().min(1).max(7).default(6).describe("Days whose least hour must be known."),
});
type Params = z.infer<typeof Params>;

interface State {
  /** The newest hour that was looked at. */
  hour: number;
  /** The least full hour of today and of each of the seven days before, newest first. */
  days: { day: number; least: number }[];
  /** Full hours below the limit in a row. */
  low: number;
}

/** So many hours later the lower level is the ordinary one. */
const ADOPTED = 24;
const DAYS = 7;
/** Active hours of seven days from which an identity is watched. */
const WATCHED = 100;

/**
 * A steady identity, one that works in nearly every hour, has two full hours far below the least it
 * ever had: a broken integration, a lost feed, or traffic that goes past the gateway. Bursty and
 * part-time identities are silent by nature and are left out. Fails to see a fall to nothing until the
 * identity's next call.
 */
export const usageDrop = defineDetector<Params, State>({
  id: "usage-drop",
  version: 1,
  summary: "A steady identity calls far less than it ever did.",
  params: Params,
  facts: {
    metric: "always `calls`",
    window: "length of the judged window, in seconds",
    observed: "calls of the larger of the two hours",
    expected: "calls of the least full hour of the last seven days",
    ratio: "observed / expected",
    hours: "full hours that the drop has lasted",
    baseline: "source `own`, n days whose least hour is known, and the mean hour",
  },
  reasons: { two_hours: "Two full hours below the share of the own least hour." },

  key: ({ event }) => (event.type === "audit" ? null : (event.identity?.id ?? null)),

  // Of the many that are not steady nothing is kept; asked once an hour.
  begins: (_, { series }) =>
    series !== null && series.calls.recent[0] === 1 && isSteady(series.calls, WATCHED),

  init: () => ({ hour: -1, days: [], low: 0 }),

  step(state, observed, params, { series }) {
    if (!series || series.calls.hour <= state.hour) return NO_SIGNALS;
    const { calls } = series;
    const ended = state.hour < 0 ? 0 : Math.min(calls.hour - state.hour, LONGEST);
    state.hour = calls.hour;
    let signal: Signal | null = null;
    for (let age = ended; age > 0; age--) {
      signal = fullHour(state, calls, age, observed, params);
    }
    return signal ? [signal] : NO_SIGNALS;
  },

  idle: ({ hour }, now) => now - hour * HOUR > 8 * DAY,
});

function isSteady(calls: HourSeries, hours: number): boolean {
  return baselineOf(calls).activeHours >= hours;
}

/**
 * Judges the hour that ended `age` hours ago, and learns it unless it is part of a drop; of a single low
 * hour that is known once the next one is not low.
 */
function fullHour(
  state: State,
  calls: HourSeries,
  age: number,
  observed: Observed,
  params: Params,
): Signal | null {
  const hour = calls.hour - age;
  const [count, before] = [calls.recent[age]!, calls.recent[age + 1]!];
  const known = state.days.filter(({ day }) => day >= dayOf(hour) - DAYS);
  const least = Math.min(...known.map((day) => day.least));
  const isLow =
    known.length >= params.min_days &&
    least >= params.min_calls_hour &&
    count < params.share * least &&
    (state.low > 0 || isSteady(calls, params.active_hours));
  if (!isLow && state.low === 1) learn(state, hour - 1, before);
  state.low = isLow ? state.low + 1 : 0;
  if (!isLow || state.low >= ADOPTED) learn(state, hour, count);
  if (state.low < 2) return null;
  return toSignal(observed, state.low, Math.max(count, before), least, calls, known.length);
}

function learn({ days }: State, hour: number, count: number): void {
  const day = dayOf(hour);
  const known = days.find((one) => one.day === day);
  if (known) known.least = Math.min(known.least, count);
  else {
    days.unshift({ day, least: count });
    days.splice(DAYS + 1);
  }
}

function dayOf(hour: number): number {
  return Math.floor(hour / 24);
}

/** What is left of the calls is ordinary: nothing of it is too much. */
function toSignal(
  { event, at, cost }: Observed,
  hours: number,
  count: number,
  least: number,
  calls: HourSeries,
  days: number,
): Signal {
  return {
    entity: { type: "identity", id: event.identity!.id! },
    reason: "two_hours",
    score: 1 - count / least,
    since: at,
    calls: 1,
    observed: cost,
    expected: cost ?? 0n,
    unpriced: cost === null ? 1 : 0,
    eventIds: [event.id],
    facts: {
      metric: "calls",
      window: (2 * HOUR) / 1_000,
      observed: count,
      expected: least,
      ratio: count / least,
      hours,
      baseline: { source: "own", n: days, mean: Math.round(baselineOf(calls).mean) },
    },
  };
}

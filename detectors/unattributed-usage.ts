import { add, createHourSeries, hold, hourOf, roll } from "#core/baseline/hour-series.ts";
import { defineDetector, NO_SIGNALS, type Signal } from "#core/detector.ts";
import { DAY, type EventTime, HOUR } from "#core/time.ts";
import { addCall, bringSum, type Brought, noCalls } from "./call-sum.ts";
import { factsOf, judge, ownOf, type SourceSeries } from "./unattributed-usage/excess.ts";
import { gapOf, GAPS, isRefused } from "./unattributed-usage/gap.ts";
import { type Excess, type Hour, newHour } from "./unattributed-usage/hour.ts";
import { Params } from "./unattributed-usage/params.ts";

interface State extends SourceSeries {
  /** The running hour and, for calls that come late, the one before it. */
  hours: Hour[];
}

/**
 * Usage of a source that nobody can be charged for: a share of the hour without any identity, or more
 * calls without identity or owner than the source's own week knows. A log that never had owners has
 * nothing to lose and is told once, of its missing identities only. Fails where identity is lost
 * slowly, over weeks.
 */
export const unattributedUsage = defineDetector<Params, State>({
  id: "unattributed-usage",
  version: 2,
  summary: "Calls of a source come without an identity, or without an owner where they had one.",
  params: Params,
  facts: {
    metric: "what is missing: `identity`, or `owner` of a known identity",
    source: "the source",
    window: "length of the judged window, in seconds",
    calls: "such calls in the hour so far",
    observed: "their share of the hour's calls or spend, whichever is larger, in percent",
    expected: "the share that is still ordinary, in percent",
    ratio: "observed / expected",
    rise: "points above the source's own share of seven days; null without that history",
    baseline: "source (`own` or `none`), n hours with traffic, and the own share in percent",
  },
  reasons: {
    share: "The share without identity is above the rule's, with money in it.",
    degraded: "The share is above the source's own, and so is the number of such calls.",
  },

  key: ({ event }) => event.source,

  init: () => ({
    calls: createHourSeries(),
    missing: { identity: createHourSeries(), owner: createHourSeries() },
    hours: [],
  }),

  step(state, observed, params, { impact }) {
    const { event, at, cost } = observed;
    if (isRefused(event)) return NO_SIGNALS;
    if (roll(state.calls, at)) startHour(state, at);
    add(state.calls, at, 1);
    const hour = state.hours.find((one) => one.hour === hourOf(at));
    if (hour && cost !== null) hour.spend += Number(cost);
    const gap = gapOf(event);
    if (gap === null) return NO_SIGNALS;
    add(state.missing[gap], at, 1);
    if (!hour) return NO_SIGNALS;
    const missing = hour.missing[gap];
    missing.own ??= ownOf(state, gap);
    // Where nearly all calls have always lacked an owner, none can be lost.
    if (gap === "owner" && missing.own.share + params.rise > 1) return NO_SIGNALS;
    if (cost === null) missing.unpriced += 1;
    else missing.spend += Number(cost);
    addCall(missing.waiting, observed);
    const excess = judge(state, hour, missing.own, gap, params, impact.min_calls_hour);
    missing.told = excess ?? missing.told;
    if (!missing.told) return NO_SIGNALS;
    if (missing.told.reason === "degraded") keepOut(state);
    const brought = bringSum(missing.waiting);
    missing.waiting = noCalls();
    return [toSignal(event.source, missing.told, brought, params)];
  },

  idle: ({ calls }, now) => now - calls.hour * HOUR > 8 * DAY,
});

function startHour(state: State, at: EventTime): void {
  for (const gap of GAPS) roll(state.missing[gap], at);
  const hour = hourOf(at);
  const before = state.hours.filter((one) => one.hour === hour - 1);
  state.hours = [newHour(hour), ...before];
}

/** What is lost now shall not become the source's own share. */
function keepOut({ calls, missing }: State): void {
  hold(calls);
  for (const gap of GAPS) hold(missing[gap]);
}

function toSignal(source: string, excess: Excess, brought: Brought, params: Params): Signal {
  return {
    ...brought,
    entity: { type: "source", id: source },
    reason: excess.reason,
    score: 1 - excess.limit / excess.observed / 2,
    expected: 0n,
    facts: factsOf(source, excess, params),
  };
}

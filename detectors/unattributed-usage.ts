import { z } from "zod";
import {
  add,
  baselineOf,
  createHourSeries,
  hold,
  type HourSeries,
  hourOf,
  roll,
} from "#core/baseline/hour-series.ts";
import { defineDetector, type Facts, NO_SIGNALS, type Signal } from "#core/detector.ts";
import type { UsageEvent } from "#core/event.ts";
import { DAY, HOUR } from "#core/time.ts";
import { addCall, bringCall, bringSum, type Brought, type CallSum, noCalls } from "./call-sum.ts";

const share = z.number().min(0).max(1);

const Params = z.strictObject({
  share: share
    .default(0.05)
    .describe("Share of an hour's calls or spend without an identity that is still ordinary."),
  usd_hour: z.number().min(0).default(5).describe("And their spend in that hour, USD."),
  unpriced_calls_hour: z.int().min(1).default(500).describe("Or their calls without a price."),
  rise: share
    .default(0.1)
    .describe("Or so far above the source's own share of seven days, as a share."),
  own_peak: z
    .number()
    .min(1)
    .default(1.2)
    .describe("And more such calls than this multiple of the source's own peak hour."),
  min_active_hours: z
    .int()
    .min(1)
    .default(24)
    .describe("Hours with traffic in seven days before the own share is trusted."),
});
type Params = z.infer<typeof Params>;

/** What a call lacks: an identity and an owner, or the owner of a known identity. */
type Gap = "identity" | "owner";

interface Missing {
  series: HourSeries;
  /** Such calls of the running hour. */
  hour: CallSum;
  /** True once a signal has brought them. */
  isTold: boolean;
  /** Share of seven days and the most in one hour, as they stood when the hour began. */
  ownShare: number;
  ownPeak: number;
}

interface State {
  calls: HourSeries;
  /** Picodollars of the running hour. */
  spend: number;
  /** Hours with traffic that the own shares rest on. */
  history: number;
  missing: Record<Gap, Missing>;
}

interface Excess {
  gap: Gap;
  reason: "share" | "degraded";
  observed: number;
  limit: number;
}

const GAPS: readonly Gap[] = ["identity", "owner"];

/**
 * Usage of a source that nobody can be charged for: a share of the hour without any identity, or more
 * calls without identity or owner than the source's own week knows. A log that never had owners has
 * nothing to lose and is told once, of its missing identities only. Fails where identity is lost
 * slowly, over weeks.
 */
export const unattributedUsage = defineDetector<Params, State>({
  id: "unattributed-usage",
  version: 1,
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
    spend: 0,
    history: 0,
    missing: { identity: nothingMissing(), owner: nothingMissing() },
  }),

  step(state, observed, params, { impact }) {
    const { event, at, cost } = observed;
    if (isRefused(event)) return NO_SIGNALS;
    if (roll(state.calls, at)) startHour(state, at);
    add(state.calls, at, 1);
    const isRunning = hourOf(at) === state.calls.hour;
    if (isRunning && cost !== null) state.spend += Number(cost);
    const gap = gapOf(event);
    if (gap === null) return NO_SIGNALS;
    const missing = state.missing[gap];
    add(missing.series, at, 1);
    if (!isRunning) return NO_SIGNALS;
    addCall(missing.hour, observed);
    const excess = judge(state, gap, params, impact.min_calls_hour);
    if (!excess) return NO_SIGNALS;
    if (excess.reason === "degraded") keepOut(state);
    const brought = missing.isTold ? bringCall(observed) : bringSum(missing.hour);
    missing.isTold = true;
    return [toSignal(state, event.source, excess, brought, params)];
  },

  idle: ({ calls }, now) => now - calls.hour * HOUR > 8 * DAY,
});

function nothingMissing(): Missing {
  const series = createHourSeries();
  return { series, hour: noCalls(), isTold: false, ownShare: 0, ownPeak: 0 };
}

/** Who was refused at the door used nothing, and a gateway cannot know who it was. */
function isRefused({ outcome }: UsageEvent): boolean {
  if (outcome === undefined || outcome.status === "ok") return false;
  const { status, error_class } = outcome;
  return status === "denied" || error_class === "auth" || error_class === "access_denied";
}

function gapOf({ identity, quality }: UsageEvent): Gap | null {
  if (identity?.owner !== undefined || quality === undefined) return null;
  if (quality.includes("identity.missing")) return "identity";
  return quality.includes("owner.missing") ? "owner" : null;
}

function startHour(state: State, at: number): void {
  const { mean, activeHours } = baselineOf(state.calls);
  state.history = activeHours;
  state.spend = 0;
  for (const gap of GAPS) {
    const missing = state.missing[gap];
    roll(missing.series, at);
    const own = baselineOf(missing.series);
    missing.ownShare = activeHours === 0 ? 0 : (own.mean * own.activeHours) / (mean * activeHours);
    missing.ownPeak = own.peak;
    missing.hour = noCalls();
    missing.isTold = false;
  }
}

/** What is lost now shall not become the source's own share. */
function keepOut({ calls, missing }: State): void {
  hold(calls);
  for (const gap of GAPS) hold(missing[gap].series);
}

function judge(state: State, gap: Gap, params: Params, minCalls: number): Excess | null {
  const { hour, ownShare, ownPeak } = state.missing[gap];
  const ofCalls = hour.calls / state.calls.current;
  const hasHistory = state.history >= params.min_active_hours;
  const limit = ownShare + params.rise;
  const isMore = hour.calls >= minCalls && hour.calls > params.own_peak * ownPeak;
  if (hasHistory && isMore && ofCalls >= limit) {
    return { gap, reason: "degraded", observed: ofCalls, limit };
  }
  if (gap === "owner") return null;
  const ofSpend = state.spend > 0 ? Math.min(1, hour.cost / state.spend) : 0;
  const observed = Math.max(ofCalls, ofSpend);
  const hasMoney =
    hour.cost > params.usd_hour * 1e12 || hour.unpriced >= params.unpriced_calls_hour;
  if (!hasMoney || observed <= params.share) return null;
  return { gap, reason: "share", observed, limit: params.share };
}

function toSignal(
  state: State,
  source: string,
  excess: Excess,
  brought: Brought,
  params: Params,
): Signal {
  return {
    ...brought,
    entity: { type: "source", id: source },
    reason: excess.reason,
    score: 1 - excess.limit / excess.observed / 2,
    expected: 0n,
    facts: factsOf(state, source, excess, params),
  };
}

function factsOf(state: State, source: string, excess: Excess, params: Params): Facts {
  const { gap, observed, limit } = excess;
  const { hour, ownShare } = state.missing[gap];
  const hasHistory = state.history >= params.min_active_hours;
  return {
    metric: gap,
    source,
    window: HOUR / 1_000,
    calls: hour.calls,
    observed: percent(observed),
    expected: percent(limit),
    ratio: percent(observed) / Math.max(1, percent(limit)),
    rise: hasHistory ? percent(observed - ownShare) : null,
    baseline: {
      source: hasHistory ? "own" : "none",
      n: state.history,
      share: hasHistory ? percent(ownShare) : null,
    },
  };
}

/** With one decimal. */
function percent(fraction: number): number {
  return Math.round(fraction * 1_000) / 10;
}

import { z } from "zod";
import {
  add,
  baselineOf,
  createHourSeries,
  hold,
  type HourSeries,
  hourOf,
  lastHours,
  roll,
} from "#core/baseline/hour-series.ts";
import { defineDetector, type Facts, NO_SIGNALS, type Signal } from "#core/detector.ts";
import type { UsageEvent } from "#core/event.ts";
import { DAY, type EventTime, HOUR } from "#core/time.ts";
import { addCall, bringSum, type Brought, type CallSum, noCalls } from "./call-sum.ts";

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
  /** Of such calls in the running hour: picodollars, and how many have no price. */
  spend: number;
  unpriced: number;
  /** Those of them that no signal has brought. */
  waiting: CallSum;
  /** The own week, once the hour asks for it: it changes with the hour only. */
  own: Own | null;
}

/** What the source's own week says of one gap. */
interface Own {
  /** Hours with traffic that it rests on. */
  hours: number;
  share: number;
  /** Most such calls in one hour. */
  peak: number;
}

interface State {
  calls: HourSeries;
  /** Picodollars of the running hour. */
  spend: number;
  missing: Record<Gap, Missing>;
}

interface Excess {
  own: Own;
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
    missing.own ??= ownOf(state, gap);
    // Where nearly all calls have always lacked an owner, none can be lost.
    if (gap === "owner" && missing.own.share + params.rise > 1) return NO_SIGNALS;
    if (cost === null) missing.unpriced += 1;
    else missing.spend += Number(cost);
    addCall(missing.waiting, observed);
    const excess = judge(state, missing.own, gap, params, impact.min_calls_hour);
    if (!excess) return NO_SIGNALS;
    if (excess.reason === "degraded") keepOut(state);
    const brought = bringSum(missing.waiting);
    missing.waiting = noCalls();
    return [toSignal(state, event.source, excess, brought, params)];
  },

  idle: ({ calls }, now) => now - calls.hour * HOUR > 8 * DAY,
});

function nothingMissing(): Missing {
  return { series: createHourSeries(), spend: 0, unpriced: 0, waiting: noCalls(), own: null };
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

function startHour(state: State, at: EventTime): void {
  state.spend = 0;
  for (const gap of GAPS) {
    const missing = state.missing[gap];
    roll(missing.series, at);
    missing.spend = 0;
    missing.unpriced = 0;
    missing.own = null;
    if (missing.waiting.calls > 0) missing.waiting = noCalls();
  }
}

function ownOf({ calls, missing }: State, gap: Gap): Own {
  const all = baselineOf(calls);
  const such = baselineOf(missing[gap].series);
  const total = all.mean * all.activeHours;
  const share = total === 0 ? 0 : (such.mean * such.activeHours) / total;
  return { hours: all.activeHours, share, peak: such.peak };
}

/** What is lost now shall not become the source's own share. */
function keepOut({ calls, missing }: State): void {
  hold(calls);
  for (const gap of GAPS) hold(missing[gap].series);
}

function judge(state: State, own: Own, gap: Gap, params: Params, minCalls: number): Excess | null {
  const { series, spend, unpriced } = state.missing[gap];
  const ofCalls = lastHours(series, 1) / lastHours(state.calls, 1);
  const limit = own.share + params.rise;
  const isMore =
    lastHours(series, 1) >= minCalls && lastHours(series, 1) > params.own_peak * own.peak;
  if (isMore && ofCalls >= limit && own.hours >= params.min_active_hours) {
    return { gap, reason: "degraded", observed: ofCalls, limit, own };
  }
  if (gap === "owner") return null;
  const hasMoney = spend > params.usd_hour * 1e12 || unpriced >= params.unpriced_calls_hour;
  const ofSpend = state.spend > 0 ? Math.min(1, spend / state.spend) : 0;
  const observed = Math.max(ofCalls, ofSpend);
  if (!hasMoney || observed <= params.share) return null;
  return { gap, reason: "share", observed, limit: params.share, own };
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
  const { gap, observed, limit, own } = excess;
  const hasHistory = own.hours >= params.min_active_hours;
  return {
    metric: gap,
    source,
    window: HOUR / 1_000,
    calls: lastHours(state.missing[gap].series, 1),
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

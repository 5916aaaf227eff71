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

/** One hour of a source. */
interface Hour {
  hour: number;
  /** Picodollars of all calls. */
  spend: number;
  missing: Record<Gap, Missing>;
}

/** The calls of an hour with one gap. */
interface Missing {
  /** Picodollars, and how many have no price. */
  spend: number;
  unpriced: number;
  /** Those of them that no signal has brought. */
  waiting: CallSum;
  /** The own week, once the hour asks for it: it changes with the hour only. */
  own: Own | null;
  /** What was told of the hour: from then on every such call of it counts, whatever came in between. */
  told: Excess | null;
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
  missing: Record<Gap, HourSeries>;
  /** The running hour and, for calls that come late, the one before it. */
  hours: Hour[];
}

interface Excess {
  own: Own;
  gap: Gap;
  reason: "share" | "degraded";
  calls: number;
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

function nothingMissing(): Missing {
  return { spend: 0, unpriced: 0, waiting: noCalls(), own: null, told: null };
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
  for (const gap of GAPS) roll(state.missing[gap], at);
  const missing = { identity: nothingMissing(), owner: nothingMissing() };
  const hour = hourOf(at);
  const before = state.hours.filter((one) => one.hour === hour - 1);
  state.hours = [{ hour, spend: 0, missing }, ...before];
}

function ownOf({ calls, missing }: State, gap: Gap): Own {
  const all = baselineOf(calls);
  const such = baselineOf(missing[gap]);
  const total = all.mean * all.activeHours;
  const share = total === 0 ? 0 : (such.mean * such.activeHours) / total;
  return { hours: all.activeHours, share, peak: such.peak };
}

/** What is lost now shall not become the source's own share. */
function keepOut({ calls, missing }: State): void {
  hold(calls);
  for (const gap of GAPS) hold(missing[gap]);
}

function judge(
  { calls, missing }: State,
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

function factsOf(source: string, excess: Excess, params: Params): Facts {
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

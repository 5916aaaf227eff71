import { z } from "zod";
import {
  defineDetector,
  type DetectorContext,
  NO_SIGNALS,
  type Observed,
  type Signal,
} from "#core/detector.ts";
import { usdNumber } from "#core/money.ts";
import { LEARNING } from "#core/rules/correlation/first-seen.ts";
import { DAY, type EventTime, HOUR, MINUTE } from "#core/time.ts";

const Params = z.strictObject({
  silence_days: z
    .number()
    .min(1)
    .default(30)
    .describe("Silence after which an identity is dormant."),
  awake_calls: z.int().min(1).default(10).describe("Calls in its first hour that wake it."),
  ramp_calls: z.int().min(1).default(100).describe("Calls from which a doubling counts."),
  ramp_usd: z.number().min(0).default(5).describe("And spend, in USD."),
});
type Params = z.infer<typeof Params>;

/** What an identity did since it first came, or came back. */
interface Start {
  kind: "new" | "back";
  since: EventTime;
  calls: number;
  /** Picodollars as a double, exact below 9,007 USD. */
  cost: number;
  unpriced: number;
  ids: string[];
  /** Calls of each ten minutes since. */
  tens: number[];
  reason: "ramp" | "awake" | null;
}

interface State {
  last: EventTime;
  start: Start | null;
}

const WATCHED = DAY;
const TEN = 10 * MINUTE;
const MOST_IDS = 8;
const MEMORY = 90 * DAY;

/**
 * The first day of an identity, or of one that comes back after a long silence. Being new is routine;
 * doubling every ten minutes is not. Fails for identities that were known before the log began.
 */
export const newcomer = defineDetector<Params, State>({
  id: "newcomer",
  version: 1,
  summary: "A new identity speeds up, or one that was long silent works again.",
  params: Params,
  facts: {
    metric: "`doubling` in consecutive ten minutes, or `calls` of the first hour",
    observed: "calls of the newest ten minutes, or of the first hour",
    expected: "calls that are still ordinary",
    ratio: "observed / expected",
    calls: "calls since it came",
    silent_days: "days of silence before; 0 for a new identity",
    baseline: "none: it has no history of its own",
  },
  reasons: {
    ramp: "The calls doubled in three consecutive ten minutes.",
    awake: "Calls after a long silence.",
  },

  key: ({ event }) => event.identity?.id ?? null,

  init: () => ({ last: -Infinity, start: null }),

  step(state, observed, params, context) {
    const { at } = observed;
    const silence = at - state.last;
    if (at > state.last) state.last = at;
    if (silence === Infinity) state.start = isKnownTime(at, context) ? null : begin("new", at);
    else if (silence >= params.silence_days * DAY) state.start = begin("back", at);
    const { start } = state;
    if (!start) return NO_SIGNALS;
    if (at - start.since > WATCHED) {
      state.start = null;
      return NO_SIGNALS;
    }
    count(start, observed);
    const isOpen = start.reason !== null;
    start.reason = reasonOf(start, at, params) ?? start.reason;
    if (!start.reason) return NO_SIGNALS;
    return [toSignal(start, observed, isOpen, params)];
  },

  idle: ({ last }, now) => now - last > MEMORY,
});

/** Everything of the first days is learned in silence. */
function isKnownTime(at: EventTime, { started, tenantSince }: DetectorContext): boolean {
  return started === null || at < started + LEARNING || at < tenantSince + LEARNING;
}

function begin(kind: Start["kind"], since: EventTime): Start {
  return { kind, since, calls: 0, cost: 0, unpriced: 0, ids: [], tens: [], reason: null };
}

function count(start: Start, { event, at, cost }: Observed): void {
  start.since = Math.min(start.since, at);
  start.calls += 1;
  if (cost === null) start.unpriced += 1;
  else start.cost += Number(cost);
  start.ids.push(event.id);
  if (start.ids.length > MOST_IDS) start.ids.splice(MOST_IDS / 2, 1);
  const ten = Math.floor((at - start.since) / TEN);
  while (start.tens.length <= ten) start.tens.push(0);
  start.tens[ten]! += 1;
}

function reasonOf(start: Start, at: EventTime, params: Params): Start["reason"] {
  const { tens, calls, cost } = start;
  const isLarge =
    calls >= params.ramp_calls && usdNumber(BigInt(Math.round(cost))) >= params.ramp_usd;
  const [before = 0, middle = 0, newest = 0] = tens.slice(-3);
  const doubles = before > 0 && middle >= 2 * before && newest >= 2 * middle;
  if (isLarge && tens.length >= 3 && doubles) return "ramp";
  const isAwake = start.kind === "back" && at - start.since < HOUR && calls >= params.awake_calls;
  return isAwake && start.reason !== "ramp" ? "awake" : null;
}

function toSignal(
  start: Start,
  { event, at, cost }: Observed,
  isOpen: boolean,
  params: Params,
): Signal {
  const { reason, calls, tens } = start;
  const isRamp = reason === "ramp";
  const observed = isRamp ? tens.at(-1)! : calls;
  const expected = isRamp ? Math.max(1, 2 * (tens.at(-2) ?? 0)) : params.awake_calls;
  return {
    entity: { type: "identity", id: event.identity!.id! },
    reason: reason!,
    score: isRamp ? 0.7 : 0.5,
    since: isOpen ? at : start.since,
    calls: isOpen ? 1 : calls,
    observed: isOpen ? cost : start.unpriced === calls ? null : BigInt(Math.round(start.cost)),
    expected: 0n,
    unpriced: isOpen ? (cost === null ? 1 : 0) : start.unpriced,
    eventIds: isOpen ? [event.id] : [...start.ids],
    facts: {
      metric: isRamp ? "doubling" : "calls",
      observed,
      expected,
      ratio: observed / expected,
      calls,
      silent_days: start.kind === "back" ? params.silence_days : 0,
      baseline: { source: "none", n: 0 },
    },
  };
}

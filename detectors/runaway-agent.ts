import { z } from "zod";
import { defineDetector, NO_SIGNALS, type Observed, type Signal } from "#core/detector.ts";
import { DAY, type EventTime, HOUR, parseDuration } from "#core/time.ts";

const Window = z.string().transform((text, context) => {
  const ms = parseDuration(text);
  if (ms === null) context.addIssue("must be a duration like 60s, 5m or 1h");
  return ms ?? 0;
});

const Ceiling = z.strictObject({
  level: z.enum(["soft", "hard"]),
  calls: z.int().min(1).describe("Calls that are still ordinary."),
  within: Window.describe("In any window of this length."),
});
type Ceiling = z.infer<typeof Ceiling>;

const Params = z.strictObject({
  ceilings: z
    .array(Ceiling)
    .min(1)
    .describe("Rates of one flow that ordinary agents do not reach."),
});
type Params = z.infer<typeof Params>;

interface FlowState {
  /** Times of the newest calls, ascending, as many as the largest ceiling needs. */
  times: EventTime[];
  calls: number;
  /** Picodollars of the whole flow as a double, exact below 9,007 USD. */
  cost: number;
  unpriced: number;
  since: EventTime;
  firstId: string;
  /** The highest ceiling crossed so far. */
  level: "none" | "soft" | "hard";
  /** The crossed ceiling, and the most calls seen in one window of its length. */
  crossed: { calls: number; within: number; most: number } | null;
  /** The fewest calls of a crossed ceiling, 0 before the first: what would have been ordinary. */
  ordinary: number;
  /** Picodollars already told as expected. */
  expected: number;
}

const FEW = 10;
const LEVELS = ["none", "soft", "hard"];

/**
 * A flow that calls faster than agents do. More than `calls` calls within a window are seen in O(1):
 * the call that many places back lies inside the window. Batch work is left out. Fails where one
 * flow id is shared by a whole fleet.
 */
export const runawayAgent = defineDetector<Params, FlowState>({
  id: "runaway-agent",
  version: 2,
  summary: "One agent flow makes more calls in a minute, five minutes or an hour than agents do.",
  params: Params,
  facts: {
    metric: "always `calls`",
    level: "`soft` or `hard`: the highest ceiling crossed",
    window: "length of the crossed ceiling's window, in seconds",
    observed: "the most calls in one such window so far",
    expected: "the ceiling",
    ratio: "observed / expected",
    flow_calls: "calls of the flow so far",
    baseline: "where the expectation comes from: `ceiling`, no own history",
  },
  reasons: { call_rate: "More calls within a window than its ceiling allows." },

  key: ({ event, flow }) => (event.model?.service_tier === "batch" ? null : flow),

  init: () => ({
    times: [],
    calls: 0,
    cost: 0,
    unpriced: 0,
    since: 0,
    firstId: "",
    level: "none",
    crossed: null,
    ordinary: 0,
    expected: 0,
  }),

  step(state, observed, { ceilings }) {
    const before = state.level;
    count(state, observed);
    const place = insert(state.times, observed.at);
    for (const ceiling of ceilings) judge(state, ceiling, place);
    trim(state.times, Math.max(...ceilings.map((ceiling) => ceiling.calls)) + 1);
    if (state.level === "none") return NO_SIGNALS;
    measure(state);
    return [before === "none" ? wholeFlow(state, observed) : oneCall(state, observed)];
  },

  // Most flows are a few calls, and are not kept for a day.
  idle: (state, now) => now - (state.times.at(-1) ?? 0) > (state.calls > FEW ? DAY : HOUR),
});

function count(state: FlowState, { event, at, cost }: Observed): void {
  if (state.calls === 0) {
    state.since = at;
    state.firstId = event.id;
  }
  state.since = Math.min(state.since, at);
  state.calls += 1;
  if (cost === null) state.unpriced += 1;
  else state.cost += Number(cost);
}

function insert(times: EventTime[], at: EventTime): number {
  let place = times.length;
  while (place > 0 && at < times[place - 1]!) place--;
  if (place === times.length) times.push(at);
  else times.splice(place, 0, at);
  return place;
}

/** Looks at every window that ends at the new call or, where it came late, at one after it. */
function judge(state: FlowState, { level, calls, within }: Ceiling, place: number): void {
  const isHigher = LEVELS.indexOf(level) > LEVELS.indexOf(state.level);
  const isTighter = state.ordinary === 0 || calls < state.ordinary;
  if (!isHigher && !isTighter) return;
  const { times } = state;
  for (let end = Math.max(place, calls); end < times.length; end++) {
    if (times[end]! - times[end - calls]! >= within) continue;
    if (isTighter) state.ordinary = calls;
    if (!isHigher) return;
    state.level = level;
    state.crossed = { calls, within, most: calls + 1 };
    return;
  }
}

/** The calls of the newest window, where they are the most so far. */
function measure({ times, crossed }: FlowState): void {
  const start = times.at(-1)! - crossed!.within;
  let first = times.length;
  while (first > 0 && times[first - 1]! > start) first--;
  crossed!.most = Math.max(crossed!.most, times.length - first);
}

/** Forgets times in lots, so that the cost of shifting is spread over many calls. */
function trim(times: EventTime[], keep: number): void {
  if (times.length > 2 * keep) times.splice(0, times.length - keep);
}

/** The first signal brings the whole flow. */
function wholeFlow(state: FlowState, observed: Observed): Signal {
  return {
    ...signal(state, observed),
    since: state.since,
    calls: state.calls,
    observed: state.unpriced === state.calls ? null : BigInt(state.cost),
    unpriced: state.unpriced,
    eventIds: [state.firstId, observed.event.id],
  };
}

function oneCall(state: FlowState, observed: Observed): Signal {
  return {
    ...signal(state, observed),
    since: observed.at,
    calls: 1,
    observed: observed.cost,
    unpriced: observed.cost === null ? 1 : 0,
    eventIds: [observed.event.id],
  };
}

/**
 * Expected is the tightest crossed ceiling at the flow's own mean cost of a call. As both move, each
 * signal corrects what the ones before it told, so that the sum does not depend on order. Calls without
 * a price add to neither, so that the excess is never below zero.
 */
function expectMore(state: FlowState): bigint {
  const told = state.expected;
  state.expected = Math.round((state.cost / state.calls) * state.ordinary);
  return BigInt(state.expected - told);
}

function signal(
  state: FlowState,
  { flow }: Observed,
): Pick<Signal, "entity" | "reason" | "score" | "facts" | "expected"> {
  const { calls, within, most } = state.crossed!;
  return {
    entity: { type: "flow", id: flow! },
    reason: "call_rate",
    expected: expectMore(state),
    score: state.level === "hard" ? 0.9 : 0.6,
    facts: {
      metric: "calls",
      level: state.level,
      window: within / 1_000,
      observed: most,
      expected: calls,
      ratio: most / calls,
      flow_calls: state.calls,
      baseline: { source: "ceiling", n: 0 },
    },
  };
}

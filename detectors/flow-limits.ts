import { z } from "zod";
import { defineDetector, NO_SIGNALS, type Observed, type Signal } from "#core/detector.ts";
import { usdNumber } from "#core/money.ts";
import { DAY, type EventTime, HOUR, MINUTE } from "#core/time.ts";

const limit = (soft: number, hard: number, meaning: string) =>
  z
    .strictObject({ soft: z.number().positive(), hard: z.number().positive() })
    .default({ soft, hard })
    .describe(meaning);

const Params = z.strictObject({
  steps: limit(1_500, 3_000, "Calls of one flow."),
  unbroken_hours: limit(12, 24, "Hours without a pause of ten minutes or a new human turn."),
  usd_hour: limit(50, 100, "Spend of one flow within an hour."),
  depth: limit(6, 12, "Agents that each were called by the one before."),
});
type Params = z.infer<typeof Params>;

const METRICS = ["steps", "unbroken_hours", "usd_hour", "depth"] as const;
type Metric = (typeof METRICS)[number];

interface FlowState {
  since: EventTime;
  last: EventTime;
  calls: number;
  /** Picodollars as a double, exact below 9,007 USD. */
  cost: number;
  unpriced: number;
  firstId: string;
  /** Since when nobody spoke and nothing paused. */
  workingSince: EventTime;
  turn: string | number | null;
  /** Spend by minute, the last hour of it, ascending. */
  minutes: { minute: number; cost: number }[];
  /** The newest calls an agent may have made a child from. */
  callers: { span: string; agent: string; depth: number }[];
  depth: number;
  /** The limit that was crossed furthest. */
  crossed: { metric: Metric; level: "soft" | "hard"; observed: number; expected: number } | null;
}

const PAUSE = 10 * MINUTE;
const MOST_CALLERS = 64;
const FEW = 10;

/**
 * What no single window shows: a flow that never ends, never pauses, costs far more than flows do, or
 * whose agents call agents that call agents. Batch work is left out. Fails where one flow id is shared
 * by a whole fleet, and for depth where senders name no parent spans.
 */
export const flowLimits = defineDetector<Params, FlowState>({
  id: "flow-limits",
  version: 1,
  summary: "One agent flow is longer, dearer, deeper or more restless than flows are.",
  params: Params,
  facts: {
    metric: "the limit that is crossed: `steps`, `unbroken_hours`, `usd_hour` or `depth`",
    level: "`soft` or `hard`: the highest limit crossed",
    observed: "the largest value of the metric so far",
    expected: "the limit",
    ratio: "observed / expected",
    flow_calls: "calls of the flow so far",
    baseline: "where the expectation comes from: `ceiling`, no own history",
  },
  reasons: {
    steps: "More calls in one flow than its limit allows.",
    unbroken_hours: "Work without a pause or a human turn for longer than the limit.",
    usd_hour: "More spend within an hour than the limit allows.",
    depth: "A longer chain of agents calling agents than the limit allows.",
  },

  key: ({ event, flow }) => (event.model?.service_tier === "batch" ? null : flow),

  init: () => ({
    since: Infinity,
    last: -Infinity,
    calls: 0,
    cost: 0,
    unpriced: 0,
    firstId: "",
    workingSince: 0,
    turn: null,
    minutes: [],
    callers: [],
    depth: 0,
    crossed: null,
  }),

  step(state, observed, params) {
    const isOpen = state.crossed !== null;
    count(state, observed);
    judge(state, "steps", state.calls, params);
    judge(state, "unbroken_hours", work(state, observed) / HOUR, params);
    judge(state, "usd_hour", spend(state, observed), params);
    judge(state, "depth", descend(state, observed), params);
    state.last = Math.max(state.last, observed.at);
    if (state.crossed === null) return NO_SIGNALS;
    return [isOpen ? oneCall(state, observed) : wholeFlow(state, observed)];
  },

  // Most flows are a few calls, and are not kept for a day.
  idle: (state, now) => now - state.last > (state.calls > FEW ? DAY : HOUR),
});

function count(state: FlowState, { event, at, cost }: Observed): void {
  if (state.calls === 0) {
    state.firstId = event.id;
    state.workingSince = at;
  }
  state.since = Math.min(state.since, at);
  state.calls += 1;
  if (cost === null) state.unpriced += 1;
  else state.cost += Number(cost);
}

/** Milliseconds of work since the last pause or human turn. */
function work(state: FlowState, { event, at }: Observed): number {
  const { turn } = event.flow ?? {};
  const speaks = turn !== undefined && turn !== state.turn;
  if (speaks) state.turn = turn;
  if (speaks || at - state.last > PAUSE) state.workingSince = at;
  return at - state.workingSince;
}

/** USD of the hour up to the newest call. */
function spend({ minutes, last }: FlowState, { at, cost }: Observed): number {
  if (cost !== null && cost > 0n) {
    const minute = Math.floor(at / MINUTE);
    let place = minutes.length;
    while (place > 0 && minutes[place - 1]!.minute > minute) place--;
    const same = minutes[place - 1];
    if (same?.minute === minute) same.cost += usdNumber(cost);
    else minutes.splice(place, 0, { minute, cost: usdNumber(cost) });
  }
  const oldest = Math.floor((Math.max(at, last) - HOUR) / MINUTE);
  while (minutes.length > 0 && minutes[0]!.minute <= oldest) minutes.shift();
  return minutes.reduce((sum, one) => sum + one.cost, 0);
}

/** How many agents stand above the one that calls, by parent spans. */
function descend(state: FlowState, { event }: Observed): number {
  const { span, parent_span: parent, agent } = event.flow ?? {};
  if (agent === undefined) return state.depth;
  const caller = parent === undefined ? undefined : callerOf(state, parent);
  const depth = caller ? caller.depth + (caller.agent === agent ? 0 : 1) : 0;
  if (span !== undefined) {
    state.callers.push({ span, agent, depth });
    if (state.callers.length > MOST_CALLERS) state.callers.shift();
  }
  state.depth = Math.max(state.depth, depth);
  return state.depth;
}

function callerOf(
  { callers }: FlowState,
  parent: string,
): FlowState["callers"][number] | undefined {
  return callers.findLast(({ span }) => span === parent);
}

/** Keeps the limit that is exceeded furthest; a hard one before a soft one. */
function judge(state: FlowState, metric: Metric, observed: number, params: Params): void {
  const { soft, hard } = params[metric];
  if (observed <= soft) return;
  const level = observed > hard ? "hard" : "soft";
  const expected = params[metric][level];
  const { crossed } = state;
  if (crossed?.level === "hard" && level === "soft") return;
  const isWorse =
    level !== crossed?.level || observed / expected > crossed.observed / crossed.expected;
  if (isWorse) state.crossed = { metric, level, observed, expected };
}

/** The first signal brings the whole flow; ordinary is what it cost up to the limit. */
function wholeFlow(state: FlowState, observed: Observed): Signal {
  const { crossed, cost, calls, unpriced } = state;
  return {
    ...signal(state, observed),
    since: state.since,
    calls,
    observed: unpriced === calls ? null : BigInt(Math.round(cost)),
    expected: BigInt(Math.round((cost * crossed!.expected) / crossed!.observed)),
    unpriced,
    eventIds: state.calls === 1 ? [state.firstId] : [state.firstId, observed.event.id],
  };
}

function oneCall(state: FlowState, observed: Observed): Signal {
  return {
    ...signal(state, observed),
    since: observed.at,
    calls: 1,
    observed: observed.cost,
    expected: 0n,
    unpriced: observed.cost === null ? 1 : 0,
    eventIds: [observed.event.id],
  };
}

function signal(
  { crossed, calls }: FlowState,
  { flow }: Observed,
): Pick<Signal, "entity" | "reason" | "score" | "facts"> {
  const { metric, level, observed, expected } = crossed!;
  return {
    entity: { type: "flow", id: flow! },
    reason: metric,
    score: level === "hard" ? 0.9 : 0.6,
    facts: {
      metric,
      level,
      observed: Math.round(observed * 100) / 100,
      expected,
      ratio: observed / expected,
      flow_calls: calls,
      baseline: { source: "ceiling", n: 0 },
    },
  };
}

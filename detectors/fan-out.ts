import { z } from "zod";
import { defineDetector, NO_SIGNALS, type Observed, type Signal } from "#core/detector.ts";
import { DAY, type EventTime, MINUTE } from "#core/time.ts";
import { createSizes, learnSize, type Sizes, sizeAt } from "./fan-out/sizes.ts";

const Params = z.strictObject({
  floor: z.int().min(1).default(12).describe("Children that are ordinary for anybody."),
  times: z.number().min(1).default(3).describe("Times the own p99 that is still ordinary."),
  history: z.int().min(1).default(20).describe("Fan-outs of the class before it is judged."),
});
type Params = z.infer<typeof Params>;

/** Children of one parent, or agents of one flow, in one burst. */
interface Burst {
  group: string;
  since: EventTime;
  last: EventTime;
  /** The newest different children, by span or agent. */
  children: string[];
  size: number;
  calls: number;
  /** Picodollars as a double, exact below 9,007 USD. */
  cost: number;
  unpriced: number;
  ids: string[];
  isTold: boolean;
}

interface State {
  bursts: Burst[];
  sizes: Sizes;
  last: EventTime;
}

const PAUSE = 3 * MINUTE;
const MOST_BURSTS = 16;
const MOST_CHILDREN = 64;
const MOST_IDS = 8;
const MEMORY = 30 * DAY;

/**
 * A fan-out far wider than those of its own class, which is one workflow of one identity. With parent
 * spans the children of one call are counted, without them the agents of one flow. A class that maps
 * over many pieces every day is used to it; one that never did is seen long before any ceiling.
 */
export const fanOut = defineDetector<Params, State>({
  id: "fan-out",
  version: 1,
  summary: "A flow fans out far wider than the flows of its class ever did.",
  params: Params,
  facts: {
    metric: "`flow.agent`, or `flow.span` where agents have no names",
    observed: "children in the widest burst so far",
    expected: "children that are still ordinary for the class",
    ratio: "observed / expected",
    median: "children of the class's median fan-out",
    calls: "calls of the burst so far",
    baseline: "the class's own fan-outs",
  },
  reasons: { wider: "More children than the class's own fan-outs allow." },

  key({ event, flow }) {
    if (flow === null || event.model?.service_tier === "batch") return null;
    if ((event.usage?.retries ?? 0) > 0 || childOf(event.flow) === undefined) return null;
    const id = event.identity?.id;
    return id === undefined ? null : `${id}\0${event.flow?.workflow ?? ""}`;
  },

  init: () => ({ bursts: [], sizes: createSizes(), last: -Infinity }),

  step(state, observed, params) {
    const { at } = observed;
    state.last = Math.max(state.last, at);
    finish(state, at);
    const burst = burstOf(state, observed);
    const added = add(burst, observed);
    const { sizes } = state;
    const limit = Math.max(params.floor, params.times * sizeAt(sizes, 0.99));
    if (sizes.total < params.history || burst.size <= limit) return NO_SIGNALS;
    const opens = !burst.isTold;
    burst.isTold = true;
    return [toSignal(observed, burst, opens ? burst : added, opens, limit, sizes)];
  },

  idle: (state, now) => now - state.last > MEMORY,
});

/** What is counted: agents; calls without one below their parent. The calls of one child are one child. */
function childOf(flow: Observed["event"]["flow"]): string | undefined {
  return flow?.agent ?? (flow?.parent_span === undefined ? undefined : flow.span);
}

/** Learns bursts that are over, but for those that were told. */
function finish(state: State, now: EventTime): void {
  const { bursts, sizes } = state;
  if (bursts.length === 0) return;
  state.bursts = bursts.filter((burst) => {
    if (now - burst.last <= PAUSE) return true;
    if (!burst.isTold) learnSize(sizes, burst.size);
    return false;
  });
}

function burstOf({ bursts, sizes }: State, { event, flow, at }: Observed): Burst {
  const group = event.flow?.parent_span ?? `${flow}`;
  let burst = bursts.find((one) => one.group === group);
  if (burst) return burst;
  burst = {
    group,
    since: at,
    last: at,
    children: [],
    size: 0,
    calls: 0,
    cost: 0,
    unpriced: 0,
    ids: [],
    isTold: false,
  };
  bursts.push(burst);
  if (bursts.length > MOST_BURSTS) learnSize(sizes, bursts.shift()!.size);
  return burst;
}

type Sum = Pick<Burst, "since" | "calls" | "cost" | "unpriced" | "ids">;

function add(burst: Burst, { event, at, cost }: Observed): Sum {
  const child = childOf(event.flow)!;
  if (!burst.children.includes(child)) {
    burst.size += 1;
    burst.children.push(child);
    if (burst.children.length > MOST_CHILDREN) burst.children.shift();
  }
  const added = {
    since: at,
    calls: 1,
    cost: cost === null ? 0 : Number(cost),
    unpriced: cost === null ? 1 : 0,
    ids: [event.id],
  };
  burst.since = Math.min(burst.since, at);
  burst.last = Math.max(burst.last, at);
  burst.calls += 1;
  burst.cost += added.cost;
  burst.unpriced += added.unpriced;
  burst.ids.push(event.id);
  if (burst.ids.length > MOST_IDS) burst.ids.splice(MOST_IDS / 2, 1);
  return added;
}

/** The first signal brings the whole burst; as many children as are ordinary would have cost their share. */
function toSignal(
  { event, flow }: Observed,
  burst: Burst,
  added: Sum,
  opens: boolean,
  limit: number,
  sizes: Sizes,
): Signal {
  return {
    entity: { type: "flow", id: flow! },
    reason: "wider",
    score: 1 - limit / burst.size / 2,
    since: added.since,
    calls: added.calls,
    observed: added.unpriced === added.calls ? null : BigInt(Math.round(added.cost)),
    expected: opens ? BigInt(Math.round((burst.cost * limit) / burst.size)) : 0n,
    unpriced: added.unpriced,
    eventIds: [...added.ids],
    facts: {
      metric: event.flow?.agent === undefined ? "flow.span" : "flow.agent",
      observed: burst.size,
      expected: limit,
      ratio: burst.size / limit,
      median: sizeAt(sizes, 0.5),
      calls: burst.calls,
      baseline: { source: "own", n: Math.round(sizes.total) },
    },
  };
}

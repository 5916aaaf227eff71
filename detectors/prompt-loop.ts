import { z } from "zod";
import { defineDetector, NO_SIGNALS, type Observed, type Signal } from "#core/detector.ts";
import { DAY, type EventTime, HOUR, MINUTE } from "#core/time.ts";
import { Compare, concerns, isSame, signOf, type Step } from "./prompt-loop/compare.ts";

const LONGEST_CYCLE = 8;

const Params = z.strictObject({
  compare: Compare.default("step"),
  repeats: z.int().min(2).default(3).describe("Repeats of the cycle that make a loop."),
  longest_cycle: z
    .int()
    .min(1)
    .max(LONGEST_CYCLE)
    .default(LONGEST_CYCLE)
    .describe("Longest cycle looked for, in calls."),
  returns: z
    .int()
    .min(3)
    .max(64)
    .default(12)
    .describe("Times one step may come back among the newest 64 calls, with others between."),
});
type Params = z.infer<typeof Params>;

interface LoopState {
  /** The newest calls of one agent in one flow, in event-time order. */
  ring: Step[];
  /** run[k-1]: how many newest calls equal the call k before them. */
  run: number[];
  /** What was told of the loops of one episode. */
  told: Told | null;
  turn: string | number | null;
  /** The last call that failed, to tell a retry from a repeat. */
  failed: { prompt: string; at: EventTime } | null;
}

/** The first two rounds of an episode are ordinary: the cycle that ran most often decides how many calls that is. */
interface Told {
  period: number;
  repeats: number;
  /** The first calls, in event-time order, as many as the longest cycle needs. */
  first: Pick<Step, "at" | "id" | "cost">[];
  /** Picodollars told as expected. */
  expected: number;
  last: EventTime;
}

/** A stretch of the ring that repeats itself, and where it ends. */
interface Cycle {
  end: number;
  repeats: number;
  period: number;
}

const RING = 64;
const MOST_ORDINARY = 2 * LONGEST_CYCLE;
/** Loops further apart are episodes of their own. */
const APART = 6 * HOUR;
/** The same prompt within this time after a failure is a retry. */
const RETRY_WINDOW = MINUTE;

/**
 * Repeats: the same new content answered by the same result, alone, in a cycle of up to eight calls,
 * or again and again among others. Honest agent sessions never repeat a call; a repeated action with
 * a changing result (paging, polling) is ordinary work and stays silent. Where digests are missing the
 * sizes of the calls are compared, and where the wording varies the growth of the transcript.
 *
 * Cycle search, O(8) an event: run[k] = S[n] = S[n-k] ? run[k] + 1 : 0, repeats = floor(run[k] / k) + 1,
 * the smallest k wins. Fails where a loop varies its wording and its sizes.
 */
export const promptLoop = defineDetector<Params, LoopState>({
  id: "prompt-loop",
  version: 3,
  summary: "An agent repeats the same step, or a cycle of steps, with the same result.",
  params: Params,
  facts: {
    metric: "always `repeats`",
    repeats: "how often the cycle has run",
    period: "calls in one cycle; 0 where one step came back among others",
    compared: "what made the calls equal: `step`, `prompt`, `shape` or `growth`",
    observed: "repeats",
    expected: "repeats that are still ordinary",
    ratio: "observed / expected",
  },
  reasons: {
    strict_repeat: "One call repeated with an equal result.",
    cycle: "A cycle of several calls repeated with equal results.",
    recurring: "One call came back with an equal result again and again among others.",
  },

  key(observed, { compare }) {
    const { event, flow } = observed;
    if (flow === null || !concerns(compare, observed)) return null;
    if ((event.usage?.retries ?? 0) > 0) return null;
    return event.flow?.agent === undefined ? flow : `${flow}\0${event.flow.agent}`;
  },

  init: ({ longest_cycle }) => ({
    ring: [],
    run: Array.from<number>({ length: longest_cycle }).fill(0),
    told: null,
    turn: null,
    failed: null,
  }),

  step(state, observed, params) {
    if (isRetry(state, observed)) return NO_SIGNALS;
    startTurn(state, observed);
    const step = toStep(params.compare, observed);
    const cycle = insert(state, step, params);
    if (cycle) {
      const { end, repeats, period } = cycle;
      const loop = state.ring.slice(Math.max(0, end + 1 - repeats * period), end + 1);
      return bring(state, observed, loop, cycle, params);
    }
    const repeats = returnsOf(state.ring, step);
    if (repeats >= params.returns) {
      const returns = state.ring.filter(({ sign }) => sign === step.sign);
      return bring(state, observed, returns, { repeats, period: 0 }, params);
    }
    return NO_SIGNALS;
  },

  // Most flows are a single call, and are not kept for a day.
  idle: (state, now) => now - (state.ring.at(-1)?.at ?? 0) > (state.ring.length > 1 ? DAY : HOUR),
});

function repeatsOf(run: number, period: number): number {
  return Math.floor(run / period) + 1;
}

/** How often the ring holds the same step, near or far; 0 where steps are compared by size. */
function returnsOf(ring: readonly Step[], { sign }: Step): number {
  if (sign === null) return 0;
  let count = 0;
  for (const step of ring) if (step.sign === sign) count += 1;
  return count;
}

function isRetry(state: LoopState, { event, at }: Observed): boolean {
  const prompt = event.content?.prompt_digest ?? "";
  const { failed } = state;
  const status = event.outcome?.status;
  state.failed = status === "error" || status === "throttled" ? { prompt, at } : null;
  return failed !== null && failed.prompt === prompt && Math.abs(at - failed.at) <= RETRY_WINDOW;
}

/**
 * A new human turn starts afresh: a person may well ask for the same thing again. A call that comes late
 * starts none.
 */
function startTurn(state: LoopState, { event, at }: Observed): void {
  const turn = event.flow?.turn;
  if (turn === undefined || turn === state.turn || at < (state.ring.at(-1)?.at ?? 0)) return;
  if (state.turn !== null) {
    state.ring = [];
    state.run.fill(0);
  }
  state.turn = turn;
}

function toStep(compare: Compare, observed: Observed): Step {
  const { event, at, cost } = observed;
  return {
    at,
    id: event.id,
    sign: signOf(compare, observed),
    input: event.usage?.input_tokens ?? 0,
    output: event.usage?.output_tokens ?? 0,
    cost: cost === null ? null : Number(cost),
    counted: false,
  };
}

/**
 * Puts the step at its place in event time and returns the cycle it ends or, where it came late, the
 * first one at or after it; only one that comes late pays for counting the ring again.
 */
function insert({ ring, run }: LoopState, step: Step, { compare, repeats }: Params): Cycle | null {
  if (ring.length > RING) ring.shift();
  let place = ring.length;
  while (place > 0 && isBefore(step, ring[place - 1]!)) place--;
  const late = place < ring.length;
  ring.splice(place, 0, step);
  if (!late) {
    extendRuns(ring, run, place, compare);
    return cycleAt(run, place, repeats);
  }
  let first: Cycle | null = null;
  run.fill(0);
  for (let i = 0; i < ring.length; i++) {
    extendRuns(ring, run, i, compare);
    const cycle = i < place ? null : cycleAt(run, i, repeats);
    const goesOn = first?.end === i - 1 && first.period === cycle?.period;
    if (cycle && (!first || goesOn)) first = cycle;
  }
  return first;
}

/** The shortest cycle that has run often enough at a place of the ring. */
function cycleAt(run: readonly number[], end: number, enough: number): Cycle | null {
  for (let period = 1; period <= run.length; period++) {
    const repeats = repeatsOf(run[period - 1]!, period);
    if (repeats >= enough) return { end, repeats, period };
  }
  return null;
}

function extendRuns(ring: readonly Step[], run: number[], newest: number, compare: Compare): void {
  const periods = Math.min(run.length, newest);
  for (let k = 1; k <= periods; k++) {
    run[k - 1] = isSame(compare, ring, newest, newest - k) ? run[k - 1]! + 1 : 0;
  }
}

function isBefore(a: Pick<Step, "at" | "id">, b: Pick<Step, "at" | "id">): boolean {
  return a.at < b.at || (a.at === b.at && a.id < b.id);
}

/** A signal with the calls of the loop that none has brought yet. */
function bring(
  state: LoopState,
  { event, flow }: Observed,
  loop: readonly Step[],
  { repeats, period }: Pick<Cycle, "repeats" | "period">,
  { compare }: Params,
): readonly Signal[] {
  const added = loop.filter((step) => !step.counted);
  if (added.length === 0) return NO_SIGNALS;
  const expected = expectMore(state, added, { repeats, period });
  for (const step of added) step.counted = true;
  const priced = added.filter((step) => step.cost !== null);
  return [
    {
      entity: { type: "flow", id: event.flow?.agent ? `${flow}/${event.flow.agent}` : flow! },
      reason: period === 0 ? "recurring" : period === 1 ? "strict_repeat" : "cycle",
      score: 1 - 1 / repeats,
      since: added[0]!.at,
      calls: added.length,
      observed: priced.length === 0 ? null : BigInt(sum(added)),
      expected,
      unpriced: added.length - priced.length,
      eventIds: added.map((step) => step.id),
      facts: {
        metric: "repeats",
        repeats,
        period,
        compared: compare,
        observed: repeats,
        expected: 2,
        ratio: repeats / 2,
      },
    },
  ];
}

/**
 * What the calls add to the cost of the ordinary ones. Where an earlier call comes late, or the cycle shows
 * better, what was told is corrected, so that the sum does not depend on order.
 */
function expectMore(
  state: LoopState,
  added: readonly Step[],
  { repeats, period }: Pick<Cycle, "repeats" | "period">,
): bigint {
  let { told } = state;
  if (!told || added[0]!.at > told.last + APART) {
    state.told = told = { period: 1, repeats: 0, first: [], expected: 0, last: 0 };
  }
  if (period > 0 && repeats > told.repeats) Object.assign(told, { period, repeats });
  if (told.first.length < MOST_ORDINARY || isBefore(added[0]!, told.first.at(-1)!)) {
    const first = [...told.first, ...added.map(({ at, id, cost }) => ({ at, id, cost }))];
    told.first = first.toSorted((a, b) => (isBefore(a, b) ? -1 : 1)).slice(0, MOST_ORDINARY);
  }
  told.last = Math.max(told.last, added.at(-1)!.at);
  const before = told.expected;
  told.expected = sum(told.first.slice(0, 2 * told.period));
  return BigInt(told.expected - before);
}

function sum(steps: readonly Pick<Step, "cost">[]): number {
  return steps.reduce((total, step) => total + (step.cost ?? 0), 0);
}

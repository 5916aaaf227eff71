import { z } from "zod";
import { defineDetector, NO_SIGNALS, type Observed, type Signal } from "#core/detector.ts";
import { DAY, type EventTime, HOUR, MINUTE } from "#core/time.ts";

const Params = z.strictObject({
  repeats: z.int().min(2).default(3).describe("Repeats of the cycle that make a loop."),
  longest_cycle: z.int().min(1).max(8).default(8).describe("Longest cycle looked for, in calls."),
});
type Params = z.infer<typeof Params>;

/** One call in the ring: what was asked and what came back, as digests. */
interface Step {
  at: EventTime;
  id: string;
  prompt: string;
  result: string;
  /** Digests compare only under one key. */
  epoch: string | number | null;
  /** Picodollars as a double, exact below 9,007 USD; null while unpriced. */
  cost: number | null;
  /** True once a signal has brought it: its money counts once, however loops overlap. */
  counted: boolean;
}

interface LoopState {
  /** The newest calls of one agent in one flow, in event-time order. */
  ring: Step[];
  /** run[k-1]: how many newest calls equal the call k before them. */
  run: number[];
  /** True while the newest call continues a reported loop. */
  looping: boolean;
  turn: string | number | null;
  /** The last call that failed, to tell a retry from a repeat. */
  failed: { prompt: string; at: EventTime } | null;
}

const RING = 64;
/** The same prompt within this time after a failure is a retry. */
const RETRY_WINDOW = MINUTE;

/**
 * Exact repeats: the same new content answered by the same result, alone or in a cycle of up to
 * eight calls. Honest agent sessions never repeat a call; a repeated action with a changing result
 * (paging, polling) is ordinary work and stays silent.
 *
 * Cycle search, O(8) an event: run[k] = S[n] = S[n-k] ? run[k] + 1 : 0, repeats = floor(run[k] / k) + 1,
 * the smallest k wins. Fails where a loop varies its wording: near repeats are not seen.
 */
export const promptLoop = defineDetector<Params, LoopState>({
  id: "prompt-loop",
  version: 1,
  summary: "An agent repeats the same step, or a cycle of steps, with the same result.",
  params: Params,
  facts: {
    metric: "always `repeats`",
    repeats: "how often the cycle has run",
    period: "calls in one cycle",
    observed: "repeats",
    expected: "repeats that are still ordinary",
    ratio: "observed / expected",
  },
  reasons: {
    strict_repeat: "One call repeated with an equal result.",
    cycle: "A cycle of several calls repeated with equal results.",
  },

  key({ event, flow }) {
    const content = event.content;
    if (flow === null || !content?.prompt_digest || !content.result_digest) return null;
    if (content.digest_scope === "full_prompt" || (event.usage?.retries ?? 0) > 0) return null;
    return event.flow?.agent === undefined ? flow : `${flow}\0${event.flow.agent}`;
  },

  init: ({ longest_cycle }) => ({
    ring: [],
    run: Array.from<number>({ length: longest_cycle }).fill(0),
    looping: false,
    turn: null,
    failed: null,
  }),

  step(state, observed, params) {
    if (isRetry(state, observed)) return NO_SIGNALS;
    startTurn(state, observed);
    insert(state, toStep(observed));
    const period = state.run.findIndex((run, i) => repeatsOf(run, i + 1) >= params.repeats) + 1;
    if (period === 0) {
      state.looping = false;
      return NO_SIGNALS;
    }
    const repeats = repeatsOf(state.run[period - 1]!, period);
    const loop = state.ring.slice(-repeats * period);
    const added = loop.filter((step) => !step.counted);
    const ordinary = state.looping ? [] : loop.slice(0, 2 * period).filter((step) => !step.counted);
    state.looping = true;
    if (added.length === 0) return NO_SIGNALS;
    for (const step of added) step.counted = true;
    return [toSignal(observed, added, ordinary, repeats, period)];
  },

  // Most flows are a single call, and are not kept for a day.
  idle: (state, now) => now - (state.ring.at(-1)?.at ?? 0) > (state.ring.length > 1 ? DAY : HOUR),
});

function repeatsOf(run: number, period: number): number {
  return Math.floor(run / period) + 1;
}

function isRetry(state: LoopState, { event, at }: Observed): boolean {
  const prompt = event.content!.prompt_digest!;
  const { failed } = state;
  const status = event.outcome?.status;
  state.failed = status === "error" || status === "throttled" ? { prompt, at } : null;
  return failed !== null && failed.prompt === prompt && Math.abs(at - failed.at) <= RETRY_WINDOW;
}

/** A new human turn starts afresh: a person may well ask for the same thing again. */
function startTurn(state: LoopState, { event }: Observed): void {
  const turn = event.flow?.turn;
  if (turn === undefined || turn === state.turn) return;
  if (state.turn !== null) {
    state.ring = [];
    state.run.fill(0);
    state.looping = false;
  }
  state.turn = turn;
}

function toStep({ event, at, cost }: Observed): Step {
  const { prompt_digest, result_digest, digest_epoch } = event.content!;
  return {
    at,
    id: event.id,
    prompt: prompt_digest!,
    result: result_digest!,
    epoch: digest_epoch ?? null,
    cost: cost === null ? null : Number(cost),
    counted: false,
  };
}

/** Puts the step at its place in event time; only one that comes late pays for counting the ring again. */
function insert(state: LoopState, step: Step): void {
  const { ring, run } = state;
  let place = ring.length;
  while (place > 0 && isBefore(step, ring[place - 1]!)) place--;
  const late = place < ring.length;
  ring.splice(place, 0, step);
  if (late) {
    run.fill(0);
    for (let i = 0; i < ring.length; i++) extendRuns(ring, run, i);
  } else {
    extendRuns(ring, run, ring.length - 1);
  }
  if (ring.length > RING) ring.shift();
}

function extendRuns(ring: readonly Step[], run: number[], newest: number): void {
  const step = ring[newest]!;
  const periods = Math.min(run.length, newest);
  for (let k = 1; k <= periods; k++) {
    run[k - 1] = isEqual(step, ring[newest - k]!) ? run[k - 1]! + 1 : 0;
  }
}

function isEqual(a: Step, b: Step): boolean {
  return a.prompt === b.prompt && a.result === b.result && a.epoch === b.epoch;
}

function isBefore(a: Step, b: Step): boolean {
  return a.at < b.at || (a.at === b.at && a.id < b.id);
}

function toSignal(
  { event, flow }: Observed,
  added: readonly Step[],
  ordinary: readonly Step[],
  repeats: number,
  period: number,
): Signal {
  const priced = added.filter((step) => step.cost !== null);
  return {
    entity: { type: "flow", id: event.flow?.agent ? `${flow}/${event.flow.agent}` : flow! },
    reason: period === 1 ? "strict_repeat" : "cycle",
    score: 1 - 1 / repeats,
    since: added[0]!.at,
    calls: added.length,
    observed: priced.length === 0 ? null : sum(added),
    expected: sum(ordinary),
    unpriced: added.length - priced.length,
    eventIds: added.map((step) => step.id),
    facts: {
      metric: "repeats",
      repeats,
      period,
      observed: repeats,
      expected: 2,
      ratio: repeats / 2,
    },
  };
}

function sum(steps: readonly Step[]): bigint {
  return steps.reduce((total, step) => total + BigInt(step.cost ?? 0), 0n);
}

import { z } from "zod";
import { defineDetector, NO_SIGNALS, type Observed, type Signal } from "#core/detector.ts";
import { DAY, type EventTime, HOUR, MINUTE } from "#core/time.ts";
import { Compare, concerns, signOf, type Step } from "./prompt-loop/compare.ts";
import { type Cycle, insert, LONGEST_CYCLE, returnsOf, type Ring } from "./prompt-loop/ring.ts";
import { expectMore, sumOf, type Told } from "./prompt-loop/told.ts";

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

interface LoopState extends Ring {
  /** What was told of the loops of one episode. */
  told: Told | null;
  turn: string | number | null;
  /** The last call that failed, to tell a retry from a repeat. */
  failed: { prompt: string; at: EventTime } | null;
}

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

  // Most flows are a single call: nothing is made here that only a second one needs.
  init: () => ({ ring: [], run: [], told: null, turn: null, failed: null }),

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
    state.run = [];
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
      observed: priced.length === 0 ? null : BigInt(sumOf(added)),
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

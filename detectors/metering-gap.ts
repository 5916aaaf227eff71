import { z } from "zod";
import { defineDetector, NO_SIGNALS, type Signal } from "#core/detector.ts";
import { DAY, type EventTime, HOUR } from "#core/time.ts";
import { addCall, bringSum, type CallSum, noCalls } from "./call-sum.ts";

const Params = z.strictObject({
  share: z
    .number()
    .min(0)
    .max(1)
    .default(0.02)
    .describe("Share of a day's spend that the counting feed may lack."),
  usd_day: z.number().min(0).default(10).describe("And its amount in that day, USD."),
  unpriced_calls_day: z.int().min(1).default(500).describe("Or as many calls without a price."),
});
type Params = z.infer<typeof Params>;

interface State {
  /** Day since the epoch that is summed. */
  day: number;
  /** Picodollars that the shadow feed tells of in that day. */
  told: number;
  /** Calls of the day that only the shadow feed tells of; those not yet in a signal. */
  missing: number;
  missingCalls: number;
  waiting: CallSum;
  isOpen: boolean;
}

/**
 * Calls that the provider's own log tells of and the gateway's does not: direct use of a provider key,
 * theft, or lost batches. Judged half an hour after the call, when the other feed had its time. Fails
 * where the feeds share neither the provider's request id nor their token counts.
 */
export const meteringGap = defineDetector<Params, State>({
  id: "metering-gap",
  version: 1,
  summary: "A shadow feed tells of calls that the feed it shadows does not have.",
  shadows: true,
  params: Params,
  facts: {
    metric: "always `spend`",
    source: "the shadow feed",
    window: "length of the judged window, in seconds",
    calls: "calls of the day that only this feed tells of",
    observed: "their spend, USD",
    expected: "always 0",
    ratio: "their share of the spend this feed tells of, in percent",
  },
  reasons: { missing: "More than the allowed share and amount of a day is missing." },

  key: ({ event, shadow }) => (shadow === undefined ? null : event.source),
  init: () => ({
    day: -1,
    told: 0,
    missing: 0,
    missingCalls: 0,
    waiting: noCalls(),
    isOpen: false,
  }),

  step(state, observed, params) {
    const { event, at, cost, shadow } = observed;
    startDay(state, at);
    state.told += Number(cost ?? 0n);
    if (shadow !== "missing") return NO_SIGNALS;
    state.missing += Number(cost ?? 0n);
    state.missingCalls += 1;
    addCall(state.waiting, observed);
    const isLarge =
      state.missing > params.usd_day * 1e12 && state.missing > params.share * state.told;
    const isMany = state.waiting.unpriced >= params.unpriced_calls_day;
    if (!isLarge && !isMany && !state.isOpen) return NO_SIGNALS;
    state.isOpen = true;
    const brought = bringSum(state.waiting);
    state.waiting = noCalls();
    return [toSignal(state, event.source, brought)];
  },

  idle: ({ day }, now) => now - day * DAY > 2 * DAY,
});

/** Calls that come late for their day are judged with the running one. */
function startDay(state: State, at: EventTime): void {
  const day = Math.floor(at / DAY);
  if (day <= state.day) return;
  Object.assign(state, { day, told: 0, missing: 0, missingCalls: 0 });
  state.waiting = noCalls();
  state.isOpen = false;
}

function toSignal(
  { missing, missingCalls, told }: State,
  source: string,
  brought: ReturnType<typeof bringSum>,
): Signal {
  return {
    ...brought,
    entity: { type: "source", id: source },
    reason: "missing",
    score: told > 0 ? missing / told : 1,
    expected: 0n,
    facts: {
      metric: "spend",
      source,
      window: (24 * HOUR) / 1_000,
      calls: missingCalls,
      observed: missing / 1e12,
      expected: 0,
      ratio: told > 0 ? (100 * missing) / told : 100,
    },
  };
}

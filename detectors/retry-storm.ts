import { z } from "zod";
import { defineDetector, NO_SIGNALS, type Observed, type Signal } from "#core/detector.ts";
import {
  bring,
  crossed,
  type Entry,
  insert,
  isOver,
  type WindowState,
} from "#core/rules/correlation/window.ts";
import { HOUR, MINUTE } from "#core/time.ts";
import { isCurable } from "./failure.ts";

const Params = z.strictObject({
  failures: z.int().min(2).default(20).describe("Failed attempts in five minutes."),
  attempts: z
    .number()
    .min(1)
    .default(3)
    .describe("Failed attempts for each piece of work that are still polite."),
});
type Params = z.infer<typeof Params>;

const WINDOW = 5 * MINUTE;
/** Of an episode, so that a later storm is another run. */
const QUIET = 6 * HOUR;
/** What a polite client pays before it gives up: the first attempt and one more. */
const ORDINARY = 2;

/**
 * Work that is tried again and again although it fails. An outage fails many pieces of work a few
 * times each, and is nobody's storm; a storm fails few of them many times. A piece of work is a prompt
 * within its flow. Fails where calls carry neither flow nor digest: each is then work of its own.
 */
export const retryStorm = defineDetector<Params, WindowState>({
  id: "retry-storm",
  version: 1,
  summary: "Failed calls are tried again far more often than polite clients do.",
  params: Params,
  facts: {
    metric: "always `failures`",
    window: "length of the window, in seconds",
    observed: "the most failed attempts in one such window so far",
    expected: "failed attempts that are still ordinary",
    ratio: "observed / expected",
    attempts: "failed attempts for each piece of work in the newest window",
    calls: "failed attempts of the storm so far",
    baseline: "where the expectation comes from: `ceiling`, no own history",
  },
  reasons: { retries: "The same work failed again and again within the window." },

  key: ({ event }) => (isCurable(event.outcome) ? (event.identity?.id ?? null) : null),

  init: () => ({ entries: [], run: null }),

  step(state, observed, { failures, attempts }) {
    const place = insert(state, observed, workOf(observed), WINDOW);
    let worst = 0;
    const found = crossed(
      state,
      place,
      { window: WINDOW, limit: failures - 1 },
      (entries, first, end) => {
        const each = (end - first + 1) / worksIn(entries, first, end);
        worst = Math.max(worst, each);
        return each > attempts ? end - first + 1 : 0;
      },
    );
    if (!found || found.added.length === 0) return NO_SIGNALS;
    const sums = bring(state, found, ORDINARY, QUIET, () => 1);
    return [toSignal(observed, sums, state, worst, failures)];
  },

  idle: (state, now) => isOver(state, now, { window: WINDOW, quiet: QUIET }),
});

function workOf({ event, flow }: Observed): string {
  const prompt = event.content?.prompt_digest;
  if (flow === null && prompt === undefined) return event.id;
  return `${flow ?? ""}\0${prompt ?? ""}`;
}

function worksIn(entries: readonly Entry[], first: number, end: number): number {
  const works = new Set<Entry["value"]>();
  for (let i = first; i <= end; i++) works.add(entries[i]!.value);
  return works.size;
}

function toSignal(
  { event }: Observed,
  sums: ReturnType<typeof bring>,
  { run }: WindowState,
  attempts: number,
  failures: number,
): Signal {
  const { most, calls } = run!;
  return {
    ...sums,
    entity: { type: "identity", id: event.identity!.id! },
    reason: "retries",
    score: 1 - failures / most / 2,
    facts: {
      metric: "failures",
      window: WINDOW / 1_000,
      observed: most,
      expected: failures,
      ratio: most / failures,
      attempts,
      calls,
      baseline: { source: "ceiling", n: 0 },
    },
  };
}

import { z } from "zod";
import { defineDetector, type Detector, NO_SIGNALS } from "../../detector.ts";
import { entityIdOf, keyFor, type Plan } from "./plan.ts";
import { bring, crossed, insert, isOver, type WindowState, windowSignal } from "./window.ts";

const None = z.strictObject({});

/** More calls of one key within a sliding window than are ordinary. */
export function countOf(plan: Plan): Detector {
  const { window, limit, quiet, entity } = plan;
  return defineDetector<object, WindowState>({
    id: "count",
    version: 1,
    summary: "More selected calls of one key within a window than the rule allows.",
    params: None,
    facts: COUNT_FACTS,
    reasons: { count: "More selected calls within the window than the condition allows." },
    audits: plan.audits,
    key: keyFor(plan),
    init: () => ({ entries: [], run: null }),
    step(state, observed) {
      const id = entityIdOf(entity, observed);
      if (id === null) return NO_SIGNALS;
      const place = insert(state, observed, null, window);
      const found = crossed(state, place, plan, (_, first, end) => end - first + 1);
      if (!found || found.added.length === 0) return NO_SIGNALS;
      const sums = bring(state, found, limit, quiet, () => 1);
      return [windowSignal(sums, state.run!, plan, { id, reason: "count", metric: "calls" })];
    },
    idle: (state, now) => isOver(state, now, plan),
  });
}

const COUNT_FACTS = {
  metric: "always `calls`",
  window: "length of the window, in seconds",
  observed: "the most calls in one such window so far",
  expected: "calls that are still ordinary",
  ratio: "observed / expected",
  calls: "calls of all crossed windows so far",
  baseline: "where the expectation comes from: `ceiling`, no own history",
};

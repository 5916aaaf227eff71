import { z } from "zod";
import { defineDetector, type Detector, NO_SIGNALS } from "../../detector.ts";
import { entityIdOf, keyFor, type Plan } from "./plan.ts";
import {
  bring,
  crossed,
  type Entry,
  insert,
  isOver,
  type WindowState,
  windowSignal,
} from "./window.ts";

const None = z.strictObject({});

/** A larger total of a numeric field within a sliding window than is ordinary: over the newest 512 calls of a key. */
export function sumOf(plan: Plan): Detector {
  const { window, limit, quiet, entity, fieldName } = plan;
  const measured = { window, limit, fewest: 1 };
  return defineDetector<object, WindowState>({
    id: "sum",
    version: 1,
    summary: "A larger total of a field of one key's calls within a window than the rule allows.",
    params: None,
    facts: SUM_FACTS,
    reasons: { sum: "A larger total within the window than the condition allows." },
    audits: plan.audits,
    key: keyFor(plan),
    init: () => ({ entries: [], run: null }),
    step(state, observed) {
      const id = entityIdOf(entity, observed);
      const amount = Number(plan.field!(observed));
      if (id === null || !(amount > 0)) return NO_SIGNALS;
      const place = insert(state, observed, amount, window);
      const found = crossed(state, place, measured, totalOf);
      if (!found || found.added.length === 0) return NO_SIGNALS;
      const sums = bring(state, found, limit, quiet, ({ value }) => Number(value));
      return [windowSignal(sums, state.run!, plan, { id, reason: "sum", metric: fieldName })];
    },
    idle: (state, now) => isOver(state, now, plan),
  });
}

const SUM_FACTS = {
  metric: "the field that is summed up",
  window: "length of the window, in seconds",
  observed: "the largest total of one such window so far",
  expected: "the total that is still ordinary",
  ratio: "observed / expected",
  calls: "calls of all crossed windows so far",
  baseline: "where the expectation comes from: `ceiling`, no own history",
};

function totalOf(entries: readonly Entry[], first: number, end: number): number {
  let total = 0;
  for (let i = first; i <= end; i++) total += Number(entries[i]!.value);
  return total;
}

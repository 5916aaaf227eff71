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

/** More different values of a field within a sliding window than are ordinary: exact over the newest 512 calls of a key. */
export function distinctOf(plan: Plan): Detector {
  const { window, limit, quiet, entity, fieldName } = plan;
  return defineDetector<object, WindowState>({
    id: "distinct",
    version: 1,
    summary: "More different values of a field of one key within a window than the rule allows.",
    params: None,
    facts: DISTINCT_FACTS,
    reasons: { distinct: "More different values within the window than the condition allows." },
    audits: plan.audits,
    key: keyFor(plan),
    init: () => ({ entries: [], run: null }),
    step(state, observed) {
      const id = entityIdOf(entity, observed);
      const value = plan.field!(observed);
      if (id === null || value === undefined) return NO_SIGNALS;
      const place = insert(state, observed, value, window);
      const found = crossed(state, place, plan, valuesIn);
      if (!found || found.added.length === 0) return NO_SIGNALS;
      const sums = bring(state, found, limit, quiet, (entry) => (isFirst(state, entry) ? 1 : 0));
      return [windowSignal(sums, state.run!, plan, { id, reason: "distinct", metric: fieldName })];
    },
    idle: (state, now) => isOver(state, now, plan),
  });
}

const DISTINCT_FACTS = {
  metric: "the field whose values are counted",
  window: "length of the window, in seconds",
  observed: "the most different values in one such window so far",
  expected: "values that are still ordinary",
  ratio: "observed / expected",
  calls: "calls of all crossed windows so far",
  baseline: "where the expectation comes from: `ceiling`, no own history",
};

function valuesIn(entries: readonly Entry[], first: number, end: number): number {
  const values = new Set<Entry["value"]>();
  for (let i = first; i <= end; i++) values.add(entries[i]!.value);
  return values.size;
}

/** True where no call with the same value has been brought yet. */
function isFirst({ entries }: WindowState, { value }: Entry): boolean {
  return !entries.some((entry) => entry.counted && entry.value === value);
}

import type { Detector } from "../../detector.ts";
import type { Plan } from "./plan.ts";
import type { Entry, WindowState } from "./window.ts";
import { windowed } from "./windowed.ts";

/** More different values of a field within a sliding window than are ordinary: exact over the newest 512 calls of a key. */
export function distinctOf(plan: Plan): Detector {
  return windowed(plan, {
    id: "distinct",
    summary: "More different values of a field of one key within a window than the rule allows.",
    reason: "More different values within the window than the condition allows.",
    metric: plan.fieldName,
    facts: {
      metric: "the field whose values are counted",
      observed: "the most different values in one such window so far",
      expected: "values that are still ordinary",
    },
    valueOf: plan.field!,
    measure: valuesIn,
    unitsOf: (state, entry) => (isFirst(state, entry) ? 1 : 0),
  });
}

function valuesIn(entries: readonly Entry[], first: number, end: number): number {
  const values = new Set<Entry["value"]>();
  for (let i = first; i <= end; i++) values.add(entries[i]!.value);
  return values.size;
}

/** True where no call with the same value has been brought yet. */
function isFirst({ entries }: WindowState, { value }: Entry): boolean {
  return !entries.some((entry) => entry.counted && entry.value === value);
}

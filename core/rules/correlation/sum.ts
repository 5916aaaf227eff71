import type { Detector } from "../../detector.ts";
import type { Plan } from "./plan.ts";
import type { Entry } from "./window.ts";
import { windowed } from "./windowed.ts";

/** A larger total of a numeric field within a sliding window than is ordinary: over the newest 512 calls of a key. */
export function sumOf(plan: Plan): Detector {
  return windowed(plan, {
    id: "sum",
    summary: "A larger total of a field of one key's calls within a window than the rule allows.",
    reason: "A larger total within the window than the condition allows.",
    metric: plan.fieldName,
    facts: {
      metric: "the field that is summed up",
      observed: "the largest total of one such window so far",
      expected: "the total that is still ordinary",
    },
    valueOf(observed) {
      const amount = Number(plan.field!(observed));
      return amount > 0 ? amount : undefined;
    },
    measure: totalOf,
    unitsOf: (_, { value }) => Number(value),
    fewest: 1,
  });
}

function totalOf(entries: readonly Entry[], first: number, end: number): number {
  let total = 0;
  for (let i = first; i <= end; i++) total += Number(entries[i]!.value);
  return total;
}

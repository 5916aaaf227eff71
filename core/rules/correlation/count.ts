import type { Detector } from "../../detector.ts";
import type { Plan } from "./plan.ts";
import { windowed } from "./windowed.ts";

/** More calls of one key within a sliding window than are ordinary. */
export function countOf(plan: Plan): Detector {
  return windowed(plan, {
    id: "count",
    summary: "More selected calls of one key within a window than the rule allows.",
    reason: "More selected calls within the window than the condition allows.",
    metric: "calls",
    facts: {
      metric: "always `calls`",
      observed: "the most calls in one such window so far",
      expected: "calls that are still ordinary",
    },
    valueOf: () => null,
    measure: (_, first, end) => end - first + 1,
    unitsOf: () => 1,
  });
}

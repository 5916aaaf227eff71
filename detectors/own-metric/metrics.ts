import type { Observed } from "#core/detector.ts";
import { isRejected } from "../failure.ts";

export const METRICS = ["rejected_calls", "unpriced_tokens"] as const;
type Metric = (typeof METRICS)[number];

/** What a call adds to the metric; 0 where it is none of its business. */
export function amountOf(metric: Metric, { event, cost }: Observed): number {
  if (event.type === "audit") return 0;
  if (metric === "rejected_calls") return isRejected(event.outcome) ? 1 : 0;
  if (cost !== null) return 0;
  const { input_tokens = 0, cached_input_tokens = 0, output_tokens = 0 } = event.usage ?? {};
  return Math.max(0, input_tokens - cached_input_tokens) + output_tokens;
}

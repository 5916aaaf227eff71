import { formatUsd } from "../money.ts";
import { NONE } from "../pipeline/rollup.ts";
import type { SeriesSums } from "../ports/series-store.ts";
import type { TimelineMetric, Usage } from "./report.ts";

export function createSums(): SeriesSums {
  return { calls: 0, errors: 0, input_tokens: 0, output_tokens: 0, cost: 0n, unpriced_calls: 0 };
}

/** Adds sums to others, or takes them out. */
export function addSums(to: SeriesSums, sums: SeriesSums, sign: 1 | -1 = 1): void {
  to.calls += sign * sums.calls;
  to.errors += sign * sums.errors;
  to.input_tokens += sign * sums.input_tokens;
  to.output_tokens += sign * sums.output_tokens;
  to.cost += sign === 1 ? sums.cost : -sums.cost;
  to.unpriced_calls += sign * sums.unpriced_calls;
}

/** What several sums add up to. */
export function sumUp(parts: Iterable<SeriesSums>): SeriesSums {
  const whole = createSums();
  for (const part of parts) addSums(whole, part);
  return whole;
}

/** Sums as they leave the program. */
export function usageOf(sums: SeriesSums): Usage {
  const { calls, errors, input_tokens, output_tokens, cost, unpriced_calls } = sums;
  return { cost: formatUsd(cost), unpriced_calls, calls, errors, input_tokens, output_tokens };
}

/** How much of a metric it is, for ranking; cost in picodollars. */
export function amountOf(sums: SeriesSums, metric: TimelineMetric): bigint {
  if (metric === "cost") return sums.cost;
  return BigInt(metric === "calls" ? sums.calls : sums.input_tokens + sums.output_tokens);
}

/** The value of a dimension as it leaves the program: null where the usage names none. */
export function valueOf(text: string | undefined): string | null {
  return text === undefined || text === NONE ? null : text;
}

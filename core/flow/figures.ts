import { formatUsd, type Pico } from "../money.ts";
import { type FlowCall, isAround } from "./call.ts";
import type { FlowFigures } from "./report.ts";

/** Sums over calls; money in picodollars. */
export interface FlowSums {
  cost: Pico;
  unpriced_calls: number;
  calls: number;
  input_tokens: number;
  output_tokens: number;
}

export function createFlowSums(): FlowSums {
  return { cost: 0n, unpriced_calls: 0, calls: 0, input_tokens: 0, output_tokens: 0 };
}

/** What a call used itself. What a span around calls reports is theirs, and only a claim. */
export function ownSums(call: FlowCall, hasChildren: boolean): FlowSums {
  if (hasChildren && isAround(call)) return { ...createFlowSums(), calls: 1 };
  return {
    cost: call.cost ?? 0n,
    unpriced_calls: call.cost === null ? 1 : 0,
    calls: 1,
    input_tokens: call.input_tokens,
    output_tokens: call.output_tokens,
  };
}

export function addFlowSums(to: FlowSums, sums: FlowSums): void {
  to.cost += sums.cost;
  to.unpriced_calls += sums.unpriced_calls;
  to.calls += sums.calls;
  to.input_tokens += sums.input_tokens;
  to.output_tokens += sums.output_tokens;
}

export function sumFlow(parts: Iterable<FlowSums>): FlowSums {
  const whole = createFlowSums();
  for (const part of parts) addFlowSums(whole, part);
  return whole;
}

export function flowFigures(sums: FlowSums): FlowFigures {
  return { ...sums, cost: formatUsd(sums.cost) };
}

import { modelName } from "../event.ts";
import { AROUND } from "../formats/otlp-operation.ts";
import type { Pico } from "../money.ts";
import type { ResolvedEvent } from "../pipeline/sort-window.ts";
import type { EventTime } from "../time.ts";
import type { FlowNode } from "./report.ts";

/** One call of a flow, as far as a tree needs it. */
export interface FlowCall {
  id: string;
  at: EventTime;
  trace: string | null;
  span: string | null;
  parent: string | null;
  agent: string | null;
  operation: string | null;
  model: string | null;
  status: FlowNode["status"];
  /** Null: without a price. */
  cost: Pico | null;
  input_tokens: number;
  output_tokens: number;
}

export function flowCallOf({ event, at, cost }: ResolvedEvent): FlowCall {
  const { id, flow, model, outcome, usage } = event;
  return {
    id,
    at,
    trace: flow?.trace ?? null,
    span: flow?.span ?? null,
    parent: flow?.parent_span ?? null,
    agent: flow?.agent ?? null,
    operation: model?.operation ?? null,
    model: modelName(event),
    status: outcome?.status ?? null,
    cost,
    input_tokens: usage?.input_tokens ?? 0,
    output_tokens: usage?.output_tokens ?? 0,
  };
}

/** True for a span around calls: what it reports repeats the sums of those below it. */
export function isAround({ operation }: FlowCall): boolean {
  return AROUND.has(operation);
}

import type { FlowNode, FlowReport } from "#core/flow/report.ts";
import { request } from "./request.ts";

export type { FlowNode, FlowReport };

/** A flow's calls as a tree; `query` says of which tenant and stretch of time. */
export function readFlow(id: string, query: string, signal: AbortSignal): Promise<FlowReport> {
  return request(`flows/${encodeURIComponent(id)}${query}`, { signal });
}

import type { Finding } from "#core/finding/finding.ts";
import type { TriageChange } from "#core/finding/finding-log.ts";
import type { HistoryEntry, Note } from "#core/finding/history.ts";
import type { FindingSummary } from "../../../api/finding-shape.ts";
import { request } from "./request.ts";

export type { Finding, FindingSummary, HistoryEntry, Note };

export interface FindingDetail extends Finding {
  notes: readonly Note[];
  history: readonly HistoryEntry[];
}

export interface FindingPage {
  items: Finding[];
  next: string | null;
}

const PAGE = 200;

export function listFindings(
  query: URLSearchParams,
  cursor: string | null,
  signal: AbortSignal,
): Promise<FindingPage> {
  const params = new URLSearchParams(query);
  params.set("limit", String(PAGE));
  if (cursor !== null) params.set("cursor", cursor);
  return request(`findings?${params}`, { signal });
}

/** The worst findings on an identity, whatever their status. */
export async function findingsOn(
  tenant: string,
  identity: string,
  limit: number,
  signal: AbortSignal,
): Promise<Finding[]> {
  const params = new URLSearchParams({ tenant, identity, sort: "risk", limit: String(limit) });
  return (await request<FindingPage>(`findings?${params}`, { signal })).items;
}

export function summariseFindings(
  query: URLSearchParams,
  signal: AbortSignal,
): Promise<FindingSummary> {
  return request(`findings/summary?${query}`, { signal });
}

export function readFinding(id: string, signal?: AbortSignal): Promise<FindingDetail> {
  return request(`findings/${encodeURIComponent(id)}`, signal ? { signal } : {});
}

/** Changes a finding as it was seen at a revision. Throws ApiError 412 where somebody was faster. */
export function triageFinding(
  id: string,
  revision: number,
  change: TriageChange,
): Promise<FindingDetail> {
  return request(`findings/${encodeURIComponent(id)}`, {
    method: "PATCH",
    body: change,
    headers: { "if-match": `"${revision}"` },
  });
}

export function noteFinding(id: string, text: string): Promise<FindingDetail> {
  return request(`findings/${encodeURIComponent(id)}/notes`, { method: "POST", body: { text } });
}

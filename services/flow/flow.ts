import { MeterhoundError } from "#core/errors.ts";
import { flowRoot } from "#core/event.ts";
import type { Finding } from "#core/finding/finding.ts";
import { type FlowCall, flowCallOf } from "#core/flow/call.ts";
import type { FlowReport } from "#core/flow/report.ts";
import { flowTree } from "#core/flow/tree.ts";
import type { ResolvedEvent } from "#core/pipeline/sort-window.ts";
import type { UsageLog } from "#core/ports/usage-log.ts";
import { createCountable } from "#core/showback/countable.ts";
import { DAY, type EventTime, formatTime, HOUR } from "#core/time.ts";
import type { FindingStore } from "../api/finding-store.ts";

export interface FlowRequest {
  flow: string;
  /** Null: every tenant. A flow lies within one; of several the one with a finding or the most calls is told. */
  tenants: readonly string[] | null;
  from?: EventTime | undefined;
  /** Exclusive. */
  to?: EventTime | undefined;
}

/** Answers the tree of a flow's calls. Throws MH_API_NOT_FOUND, MH_LOG_UNAVAILABLE. */
export type FlowTrees = (request: FlowRequest) => Promise<FlowReport>;

/** Read where nobody says when: around the findings of the flow, else the last days. */
const AROUND_FINDINGS = DAY;
const LAST_DAYS = 7 * DAY;
/** A call so near the ends of what was read may have others beyond them. */
const NEAR = HOUR;
const MOST_CALLS = 50_000;

/** A flow has no index: the log is read over a stretch of time, for the flow's id. */
export function createFlowTrees(
  log: UsageLog,
  findings: Pick<FindingStore, "inOrder">,
  now: () => EventTime,
): FlowTrees {
  return async (request) => {
    const { flow } = request;
    const about = [...findings.inOrder("newest", null)].filter(
      ({ tenant, subject }) => subject.flow === flow && isVisible(request, tenant),
    );
    const end = now();
    const { from, to } = stretchOf(request, about, end);
    const { byTenant, isFull } = await readCalls(log, request, from, to);
    const tenant =
      about.find((finding) => byTenant.has(finding.tenant))?.tenant ?? largest(byTenant);
    const found = tenant === undefined ? undefined : byTenant.get(tenant);
    if (tenant === undefined || !found) {
      const what = `flow ${flow} between ${formatTime(from)} and ${formatTime(to)}`;
      throw new MeterhoundError("MH_API_NOT_FOUND", { what });
    }
    const { isCut, ...tree } = flowTree(found.calls, found.isSession ? "session" : "none");
    const [first, last] = [found.calls[0]!.at, found.calls.at(-1)!.at];
    const touches = first < from + NEAR || (last >= to - NEAR && to < end);
    return {
      flow,
      tenant,
      from: formatTime(from),
      to: formatTime(to),
      partial: isFull ? "scan" : touches ? "range" : isCut ? "calls" : null,
      currency: "USD",
      ...tree,
      findings: about.filter((finding) => finding.tenant === tenant).map(({ id }) => id),
    };
  };
}

function stretchOf(
  { from, to }: FlowRequest,
  about: readonly Finding[],
  now: EventTime,
): { from: EventTime; to: EventTime } {
  const starts = about.map(({ first_seen }) => Date.parse(first_seen) - AROUND_FINDINGS);
  const ends = about.map(({ last_seen }) => Date.parse(last_seen) + AROUND_FINDINGS);
  const until = to ?? (from === undefined && ends.length > 0 ? Math.max(...ends) : now);
  const since = to === undefined && starts.length > 0 ? Math.min(...starts) : until - LAST_DAYS;
  return { from: Math.max(0, from ?? since), to: until };
}

interface FoundCalls {
  calls: FlowCall[];
  isSession: boolean;
}

/** The flow's calls by tenant, each counted once, in the order of event time. */
async function readCalls(
  log: UsageLog,
  request: FlowRequest,
  from: EventTime,
  to: EventTime,
): Promise<{ byTenant: Map<string, FoundCalls>; isFull: boolean }> {
  const byTenant = new Map<string, FoundCalls>();
  let count = 0;
  const countable = createCountable((call: ResolvedEvent) => {
    const { tenant, flow } = call.event;
    let found = byTenant.get(tenant);
    if (!found) byTenant.set(tenant, (found = { calls: [], isSession: false }));
    found.calls.push(flowCallOf(call));
    found.isSession ||= flow?.session !== undefined;
    count += 1;
  });
  for await (const entries of log.readRange(from, to, request.flow)) {
    for (const entry of entries) {
      if (entry.kind !== "event" || flowRoot(entry.event) !== request.flow) continue;
      if (isVisible(request, entry.event.tenant)) countable.push(entry);
    }
    if (count >= MOST_CALLS) break;
  }
  countable.end();
  for (const { calls } of byTenant.values()) calls.sort(byTime);
  return { byTenant, isFull: count >= MOST_CALLS };
}

function byTime(a: FlowCall, b: FlowCall): number {
  return a.at - b.at || (a.id < b.id ? -1 : 1);
}

function largest(byTenant: ReadonlyMap<string, FoundCalls>): string | undefined {
  return [...byTenant].toSorted(([, a], [, b]) => b.calls.length - a.calls.length)[0]?.[0];
}

function isVisible({ tenants }: FlowRequest, tenant: string): boolean {
  return tenants === null || tenants.includes(tenant);
}

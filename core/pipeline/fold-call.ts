import type { Observed } from "../detector.ts";
import { flowRoot, type UsageEvent } from "../event.ts";
import { ALLOWED_LATENESS, type EventTime } from "../time.ts";
import { type Novelty, recognise } from "./dedupe.ts";
import { evaluate, identityOf } from "./evaluate.ts";
import { createFeeds, isShadow, meet, sweepFeeds } from "./feeds.ts";
import { inherit, mayBeOwned } from "./inherit.ts";
import { complete, isPending, JOIN_WINDOW, keepHalf, takeExpired, takeHalf } from "./join.ts";
import { addOrphan, claimOrphans } from "./orphans.ts";
import type { Outputs } from "./outputs.ts";
import type { Program, Sight } from "./program.ts";
import { rollUp } from "./rollup.ts";
import type { ResolvedEvent } from "./sort-window.ts";
import type { TenantState } from "./state.ts";

/** What one entry of a tenant is folded into. */
export interface TenantFold {
  program: Program;
  tenant: TenantState;
  started: EventTime | null;
  sequence: number;
  out: Outputs;
}

/**
 * Folds one record of a call: counted once, shown to every rule once, by as much as the records that
 * came say of it. `novelty` is what the record is to those before it; no duplicate comes here.
 */
export function foldCall(fold: TenantFold, record: ResolvedEvent, novelty: Novelty): void {
  const { tenant } = fold;
  const { event } = record;
  if (event.type === "audit") {
    look(fold, observe(record), "audit");
    return;
  }
  if (isShadow(event)) {
    if (novelty !== "revision") foldShadow(fold, record);
    return;
  }
  if (novelty === "early") {
    keepHalf(tenant.halves, record, false, tenant.newest);
    return;
  }
  const half = tenant.halves.size > 0 ? takeHalf(tenant.halves, event) : undefined;
  if (novelty === "revision") {
    if (half) look(fold, observe({ ...half, event: complete(half.event, event) }), "joined");
    return;
  }
  // Copies of what came early must not come again.
  if (half) recognise(tenant.seen, half.event, half.at);
  const facts = half?.event ?? shadowOf(fold, record);
  const call = facts ? { ...record, event: complete(event, facts) } : record;
  const waits = !facts && (isPending(event) || (tenant.feeds !== null && !event.network?.ip));
  countAndLook(fold, call, waits ? "call" : "whole");
  if (waits) keepHalf(tenant.halves, call, true, tenant.newest);
}

/** True where something of the tenant waits for another record. */
export function isWaiting({ halves, feeds }: TenantState): boolean {
  return halves.size > 0 || feeds !== null;
}

/** Records that waited in vain are taken as they are. */
export function expireWaiting(fold: TenantFold, now: EventTime): void {
  const { halves, feeds, seen } = fold.tenant;
  for (const missing of feeds ? sweepFeeds(feeds, now) : []) {
    look(fold, { ...observe(missing), shadow: "missing" }, "shadow");
  }
  if (halves.size === 0) return;
  for (const half of takeExpired(halves, now)) {
    if (half.isCounted) look(fold, observe(half), "joined");
    else {
      recognise(seen, half.event, half.at);
      countAndLook(fold, half, "whole");
    }
  }
}

/**
 * A record of a feed that only tells of calls counted elsewhere: where its call is known and lacks its
 * origin, the call is judged by that now.
 */
function foldShadow(fold: TenantFold, record: ResolvedEvent): void {
  const { tenant } = fold;
  const feeds = (tenant.feeds ??= createFeeds(tenant.newest));
  const call = meet(feeds.shadows, feeds.calls, { ...record, since: tenant.newest });
  if (!call) return;
  look(fold, { ...observe(record), shadow: "matched" }, "shadow");
  const half = takeHalf(tenant.halves, call.event);
  if (half) look(fold, observe({ ...half, event: complete(half.event, record.event) }), "joined");
}

/** The shadow record of a call that came before it. */
function shadowOf(fold: TenantFold, call: ResolvedEvent): UsageEvent | undefined {
  const { feeds, newest } = fold.tenant;
  const shadow = feeds && meet(feeds.calls, feeds.shadows, { ...call, since: newest });
  if (!shadow) return undefined;
  look(fold, { ...observe(shadow), shadow: "matched" }, "shadow");
  return shadow.event;
}

function countAndLook(fold: TenantFold, call: ResolvedEvent, sight: Sight): void {
  const { tenant, out, sequence } = fold;
  const observed = observe(call);
  const { owner, isNew } = inherit(tenant.owners, observed.flow, call.event, call.at);
  const window = rollUp(tenant.rollups, observed, tenant.newest, sequence);
  out.rollups.add(window);
  if (isNew) {
    claimOrphans(owner!.orphans, owner!.fields!, tenant.rollups, out.rollups);
    if (owner!.isRoot) owner!.orphans = [];
  }
  if (owner && mayBeOwned(owner, call.event)) addOrphan(owner.orphans, window, observed);
  look(fold, observed, sight);
}

/** Shows a call to the rules, unless it comes too late for windows of event time. */
function look({ program, tenant, started, out }: TenantFold, call: Observed, sight: Sight): void {
  const isLateByNature = sight === "joined" || sight === "shadow";
  const lateness = isLateByNature ? ALLOWED_LATENESS + JOIN_WINDOW : ALLOWED_LATENESS;
  const isAhead = call.event.quality?.includes("time.skew") ?? false;
  if (isAhead || call.at < tenant.newest - lateness) return;
  evaluate(program, tenant, started, identityOf(tenant, call), call, sight, out);
}

function observe({ event, at, cost }: ResolvedEvent): Observed {
  return { event, at, cost, flow: flowRoot(event) };
}

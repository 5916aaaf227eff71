import { flowRoot, type UsageEvent } from "../event.ts";
import type { Observed } from "../detector.ts";
import type { Pico } from "../money.ts";
import { type EventTime, HOUR, MINUTE } from "../time.ts";
import { forgetClosed, settle } from "./correlate.ts";
import { forgetSeen, recognise } from "./dedupe.ts";
import { evaluate, identityOf, type Sight } from "./evaluate.ts";
import { type FlowOwner, forgetOwners, inherit } from "./inherit.ts";
import { addOrphan, claimOrphans } from "./orphans.ts";
import {
  complete,
  isPending,
  JOIN_WINDOW,
  keepHalf,
  onlyAdds,
  takeExpired,
  takeHalf,
} from "./join.ts";
import type { Outputs } from "./outputs.ts";
import type { Program } from "./program.ts";
import { forgetRollups, type RollupWindows, rollUp } from "./rollup.ts";
import type { ResolvedEvent } from "./sort-window.ts";
import { createTenantState, type PartitionState, type TenantState } from "./state.ts";

/**
 * One entry of the usage log: an event, resolved and priced, the word that time has passed, or the
 * word when the log began (in every partition, before the first events).
 */
export type LogEntry =
  | { kind: "event"; sequence: number; at: EventTime; event: UsageEvent; cost: Pico | null }
  | { kind: "tick"; sequence: number; at: EventTime }
  | { kind: "start"; sequence: number; at: EventTime };

/** Older events still count in rollups and showback, but no window detector hears of them. */
export const ALLOWED_LATENESS = 10 * MINUTE;

/** Idle identities are forgotten after as many hours. */
const IDENTITY_MEMORY = 35 * 24 * HOUR;

/**
 * Folds one entry into the partition's state; what it brings about is added to `out`. The only place
 * where detection happens, the same live, on replay and in tests: same log, same findings, same ids.
 */
export function fold(program: Program, state: PartitionState, entry: LogEntry, out: Outputs): void {
  state.sequence = entry.sequence;
  if (entry.kind === "tick") {
    for (const [name, tenant] of state.tenants) {
      settle(name, tenant.episodes, program.byId, entry.at, out.findings);
      expireHalves(
        { program, tenant, started: state.started, sequence: entry.sequence, out },
        entry.at,
      );
    }
    return;
  }
  if (entry.kind === "start") {
    state.started = Math.min(state.started ?? Infinity, entry.at);
    return;
  }
  const { event } = entry;
  let tenant = state.tenants.get(event.tenant);
  if (!tenant) {
    tenant = createTenantState();
    state.tenants.set(event.tenant, tenant);
  }
  const { started, sequence } = state;
  foldEvent({ program, tenant, started, sequence, out }, entry);
}

function foldEvent(fold: TenantFold, entry: EventEntry): void {
  const { program, tenant, out } = fold;
  const { event, at } = entry;
  const novelty = recognise(tenant.seen, event, at, onlyAdds(event));
  if (novelty === "duplicate") return;
  if (novelty === "conflict") event.quality = [...(event.quality ?? []), "dup.conflict"];
  const isAhead = event.quality?.includes("time.skew") ?? false;
  if (!isAhead && at < tenant.since) tenant.since = at;
  if (!isAhead && at > tenant.newest) {
    tenant.newest = at;
    settle(event.tenant, tenant.episodes, program.byId, at, out.findings);
    sweep(program, tenant, at);
    expireHalves(fold, at);
  }
  if (event.type === "audit") return;

  const half = tenant.halves.size > 0 ? takeHalf(tenant.halves, event) : undefined;
  if (novelty === "early") keepHalf(tenant.halves, entry, false, tenant.newest);
  else if (novelty === "revision") {
    if (half) look(fold, observe({ ...half, event: complete(half.event, event) }), "joined");
  } else if (half) {
    // Its copies must not come again.
    recognise(tenant.seen, half.event, half.at);
    countAndLook(fold, { ...entry, event: complete(event, half.event) }, "whole");
  } else if (isPending(event)) {
    countAndLook(fold, entry, "call");
    keepHalf(tenant.halves, entry, true, tenant.newest);
  } else countAndLook(fold, entry, "whole");
}

/** What one entry of a tenant is folded into. */
interface TenantFold {
  program: Program;
  tenant: TenantState;
  started: EventTime | null;
  sequence: number;
  out: Outputs;
}

type EventEntry = Extract<LogEntry, { kind: "event" }>;

/** Records that waited in vain count as they are. */
function expireHalves(fold: TenantFold, now: EventTime): void {
  if (fold.tenant.halves.size === 0) return;
  for (const half of takeExpired(fold.tenant.halves, now)) {
    if (half.isCounted) look(fold, observe(half), "joined");
    else {
      recognise(fold.tenant.seen, half.event, half.at);
      countAndLook(fold, half, "whole");
    }
  }
}

function countAndLook(fold: TenantFold, call: ResolvedEvent, sight: Sight): void {
  const { tenant, out, sequence } = fold;
  const observed = observe(call);
  const { owner, isNew } = inherit(tenant.owners, observed.flow, call.event, call.at);
  const identity = identityOf(tenant, observed);
  const window = rollUp(identity.rollups, observed, tenant.newest, sequence);
  out.rollups.add(window);
  if (isNew) {
    const windowsOf = (id: string): RollupWindows | undefined => tenant.identities.get(id)?.rollups;
    claimOrphans(owner!.orphans, owner!.fields!, windowsOf, out.rollups);
  } else if (owner && mayBeClaimed(owner, call.event)) addOrphan(owner.orphans, window, observed);
  look(fold, observed, sight);
}

/** Shows a call to the rules, unless it comes too late for windows of event time. */
function look({ program, tenant, started, out }: TenantFold, call: Observed, sight: Sight): void {
  const lateness = sight === "joined" ? ALLOWED_LATENESS + JOIN_WINDOW : ALLOWED_LATENESS;
  const isAhead = call.event.quality?.includes("time.skew") ?? false;
  if (isAhead || call.at < tenant.newest - lateness) return;
  evaluate(program, tenant, started, identityOf(tenant, call), call, sight, out);
}

function observe({ event, at, cost }: ResolvedEvent): Observed {
  return { event, at, cost, flow: flowRoot(event) };
}

/** True while the flow has no owner, or one that its root would replace. */
function mayBeClaimed({ fields, isRoot }: FlowOwner, { flow }: UsageEvent): boolean {
  return fields === null || (!isRoot && flow?.parent_span !== undefined);
}

/** Once an hour of event time, lets go of what no later event can need: a function of the events, so replay repeats it. */
function sweep(program: Program, tenant: TenantState, now: EventTime): void {
  const hour = Math.floor(now / HOUR);
  if (hour === tenant.swept) return;
  tenant.swept = hour;
  forgetSeen(tenant.seen, now);
  forgetOwners(tenant.owners, now);
  forgetClosed(tenant.episodes, now);
  for (const [id, { lastAt, rollups }] of tenant.identities) {
    forgetRollups(rollups, now);
    if (lastAt < now - IDENTITY_MEMORY) tenant.identities.delete(id);
  }
  for (const { rule, detector, params } of program.rules) {
    const states = tenant.detectors.get(rule.id)?.states;
    for (const [key, value] of states ?? []) {
      if (detector.idle(value, now, params)) states!.delete(key);
    }
  }
}

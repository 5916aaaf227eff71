import type { UsageEvent } from "../event.ts";
import type { Pico } from "../money.ts";
import { DAY, type EventTime, HOUR } from "../time.ts";
import { forgetClosed, settle } from "./correlate.ts";
import { forgetSeen, recognise } from "./dedupe.ts";
import { expireWaiting, foldCall, isWaiting, type TenantFold } from "./fold-call.ts";
import { forgetOwners } from "./inherit.ts";
import { onlyAdds } from "./join.ts";
import type { Outputs } from "./outputs.ts";
import type { CompiledRule, Program } from "./program.ts";
import { forgetRollups } from "./rollup.ts";
import {
  createTenantState,
  type DetectorStates,
  type PartitionState,
  type TenantState,
} from "./state.ts";

/**
 * One entry of the usage log: an event, resolved and priced, the word that time has passed, or the
 * word when the log began (in every partition, before the first events).
 */
export type LogEntry =
  | { kind: "event"; sequence: number; at: EventTime; event: UsageEvent; cost: Pico | null }
  | { kind: "tick"; sequence: number; at: EventTime }
  | { kind: "start"; sequence: number; at: EventTime };

/** Idle identities are forgotten after as many hours. */
const IDENTITY_MEMORY = 35 * 24 * HOUR;

/** States of a rule are looked through once a day, or in the hour by which they grew by so much since. */
const GROWTH = 1.5;

/**
 * Folds one entry into the partition's state; what it brings about is added to `out`. The only place
 * where detection happens, the same live, on replay and in tests: same log, same findings, same ids.
 */
export function fold(program: Program, state: PartitionState, entry: LogEntry, out: Outputs): void {
  state.sequence = entry.sequence;
  if (entry.kind === "tick") {
    for (const [name, tenant] of state.tenants) {
      settle(name, tenant.episodes, program, entry.at, out.findings);
      if (!isWaiting(tenant)) continue;
      const { started, sequence } = state;
      expireWaiting({ program, tenant, started, sequence, out }, entry.at);
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

function foldEvent(fold: TenantFold, entry: Extract<LogEntry, { kind: "event" }>): void {
  const { program, tenant, out } = fold;
  const { event, at } = entry;
  const novelty = recognise(tenant.seen, event, at, onlyAdds(event));
  if (novelty === "duplicate") return;
  if (novelty === "conflict") event.quality = [...(event.quality ?? []), "dup.conflict"];
  const isAhead = event.quality?.includes("time.skew") ?? false;
  if (!isAhead && at < tenant.since) tenant.since = at;
  if (!isAhead && at > tenant.newest) {
    tenant.newest = at;
    settle(event.tenant, tenant.episodes, program, at, out.findings);
    sweep(program, tenant, at);
    if (isWaiting(tenant)) expireWaiting(fold, at);
  }
  foldCall(fold, entry, novelty);
}

/** Once an hour of event time, lets go of what no later event can need: a function of the events, so replay repeats it. */
function sweep(program: Program, tenant: TenantState, now: EventTime): void {
  const hour = Math.floor(now / HOUR);
  if (hour === tenant.swept) return;
  const isNewDay = Math.floor(now / DAY) !== Math.floor((tenant.swept * HOUR) / DAY);
  tenant.swept = hour;
  forgetSeen(tenant.seen, now);
  forgetOwners(tenant.owners, now);
  forgetClosed(tenant.episodes, now);
  forgetRollups(tenant.rollups, now);
  if (isNewDay) forgetIdentities(tenant.identities, now);
  for (const compiled of program.rules) {
    const kept = tenant.detectors.get(compiled.rule.id);
    if (kept && (isNewDay || kept.states.size > GROWTH * kept.left)) {
      forgetIdle(compiled, kept, now);
    }
  }
}

function forgetIdentities(identities: TenantState["identities"], now: EventTime): void {
  identities.forEach(({ lastAt }, id) => {
    if (lastAt < now - IDENTITY_MEMORY) identities.delete(id);
  });
}

function forgetIdle(
  { detector, params }: CompiledRule,
  kept: DetectorStates,
  now: EventTime,
): void {
  const { states } = kept;
  states.forEach((state, key) => {
    if (detector.idle(state, now, params)) states.delete(key);
  });
  kept.left = states.size;
}

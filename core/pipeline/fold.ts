import { flowRoot, type UsageEvent } from "../event.ts";
import type { Observed } from "../detector.ts";
import type { Pico } from "../money.ts";
import { ALLOWED_LATENESS, type EventTime, HOUR } from "../time.ts";
import { forgetClosed, settle } from "./correlate.ts";
import { forgetSeen, recognise } from "./dedupe.ts";
import { evaluate, identityOf } from "./evaluate.ts";
import { forgetFlows, inheritFromRoot } from "./inherit.ts";
import type { Outputs } from "./outputs.ts";
import type { Program } from "./program.ts";
import { forgetRollups, rollUp } from "./rollup.ts";
import { createTenantState, type PartitionState, type TenantState } from "./state.ts";

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

/**
 * Folds one entry into the partition's state; what it brings about is added to `out`. The only place
 * where detection happens, the same live, on replay and in tests: same log, same findings, same ids.
 */
export function fold(program: Program, state: PartitionState, entry: LogEntry, out: Outputs): void {
  state.sequence = entry.sequence;
  if (entry.kind === "tick") {
    for (const [name, { episodes }] of state.tenants) {
      settle(name, episodes, program.byId, entry.at, out.findings);
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
  foldEvent(program, tenant, state.started, entry, out);
}

function foldEvent(
  program: Program,
  tenant: TenantState,
  started: EventTime | null,
  { event, at, cost, sequence }: Extract<LogEntry, { kind: "event" }>,
  out: Outputs,
): void {
  const novelty = recognise(tenant.seen, event, at);
  if (novelty === "duplicate" || novelty === "revision") return;
  if (novelty === "conflict") event.quality = [...(event.quality ?? []), "dup.conflict"];
  const isAhead = event.quality?.includes("time.skew") ?? false;
  if (!isAhead && at < tenant.since) tenant.since = at;
  if (!isAhead && at > tenant.newest) {
    tenant.newest = at;
    settle(event.tenant, tenant.episodes, program.byId, at, out.findings);
    sweep(program, tenant, at);
  }
  if (event.type === "audit") return;

  const observed: Observed = { event, at, cost, flow: flowRoot(event) };
  if (observed.flow !== null) inheritFromRoot(tenant.flows, observed.flow, event, at);
  const identity = identityOf(tenant, observed);
  const window = rollUp(identity.rollups, observed, tenant.newest, sequence);
  out.rollups.add(window);
  if (isAhead || at < tenant.newest - ALLOWED_LATENESS) return;
  evaluate(program, tenant, started, identity, observed, out);
}

/** Once an hour of event time, lets go of what no later event can need: a function of the events, so replay repeats it. */
function sweep(program: Program, tenant: TenantState, now: EventTime): void {
  const hour = Math.floor(now / HOUR);
  if (hour === tenant.swept) return;
  tenant.swept = hour;
  forgetSeen(tenant.seen, now);
  forgetFlows(tenant.flows, now);
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

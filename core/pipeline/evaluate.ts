import { add, baselineOf, hold, hourOf, type HourSeries, roll } from "../baseline/hour-series.ts";
import type { AdminAction, DetectorContext, Observed, Signal } from "../detector.ts";
import { scoreEnded } from "../baseline/rare-hours.ts";
import type { RuleFile } from "../rules/rule.ts";
import { rank } from "../severity.ts";
import { ALLOWED_LATENESS, DAY, type EventTime, HOUR } from "../time.ts";
import { NONE } from "./rollup.ts";
import { environmentClass, type Program, type Sight } from "./program.ts";
import type { ShownRule } from "./rule-index.ts";
import { correlate } from "./correlate.ts";
import type { Outputs } from "./outputs.ts";
import { createIdentityState, type IdentityState, type TenantState } from "./state.ts";

const GUARDED = rank("medium");
const MOST_ACTIONS = 32;

/**
 * Shows one event to the baseline layer and to every rule it is meant for. The hour is counted first,
 * judged by what was learned before it, and learned later; an hour that adds to an episode of medium or
 * above is held back, so that an attack never becomes the new normal. What somebody administers is no
 * usage: it counts in no baseline.
 */
export function evaluate(
  program: Program,
  tenant: TenantState,
  started: EventTime | null,
  identity: IdentityState,
  observed: Observed,
  sight: Sight,
  out: Outputs,
): void {
  const { event, at } = observed;
  const isAttributed = event.identity?.id !== undefined;
  if (isAttributed && (sight === "whole" || sight === "call")) countHour(identity, observed, out);
  if (isAttributed && event.audit?.action !== undefined) {
    remember(identity, { action: event.audit.action, at });
  }
  const context: DetectorContext = {
    series: isAttributed ? identity.series : null,
    admin: identity.admin,
    impact: program.impact,
    started,
    tenantSince: tenant.since,
  };
  for (const shown of program.shown[sight](observed)) {
    const { rule, params } = variantFor(shown, observed);
    const key = shown.key(observed, params);
    if (key === null) continue;
    const state = stateOf(tenant, shown, key, observed, context);
    if (state === undefined) continue;
    const signals = shown.step(state, observed, params, context);
    for (const signal of signals) raise(program, tenant, rule, signal, identity, observed, out);
  }
}

/** The rule as it judges where the event comes from. */
function variantFor(shown: ShownRule, { event }: Observed): Pick<ShownRule, "rule" | "params"> {
  if (!shown.variants) return shown;
  const kind = environmentClass(event.attribution?.environment);
  return (kind && shown.variants[kind]) ?? shown;
}

/** Keeps the newest actions of a day, in the order of their time. */
function remember({ admin }: IdentityState, action: AdminAction): void {
  let place = admin.length;
  while (place > 0 && admin[place - 1]!.at > action.at) place--;
  admin.splice(place, 0, action);
  const oldest = admin.at(-1)!.at - DAY;
  while (admin.length > MOST_ACTIONS || admin[0]!.at < oldest) admin.shift();
}

export function identityOf(tenant: TenantState, { event, at }: Observed): IdentityState {
  const id = event.identity?.id ?? NONE;
  let identity = tenant.identities.get(id);
  if (!identity) {
    identity = createIdentityState();
    tenant.identities.set(id, identity);
  }
  identity.lastAt = Math.max(identity.lastAt, at);
  return identity;
}

function countHour({ series }: IdentityState, observed: Observed, out: Outputs): void {
  const { at, cost } = observed;
  const ended = series.calls.hour;
  if (ended >= 0 && hourOf(at) > ended) {
    out.bands.push(bandOf("calls", series.calls, observed));
    out.bands.push(bandOf("cost_pico", series.spend, observed));
  }
  scoreEnded(series.rare, series.calls, at, ALLOWED_LATENESS);
  roll(series.calls, at);
  roll(series.spend, at);
  add(series.calls, at, 1);
  if (cost !== null) add(series.spend, at, Number(cost));
}

/** The hour that ends, against what was known while it ran. */
function bandOf(
  metric: "calls" | "cost_pico",
  series: HourSeries,
  { event }: Observed,
): Outputs["bands"][number] {
  const { mean, peak, activeHours } = baselineOf(series);
  return {
    tenant: event.tenant,
    identity: event.identity!.id!,
    metric,
    start: series.hour * HOUR,
    observed: series.recent[0]!,
    expected: mean,
    low: 0,
    high: peak,
    samples: activeHours,
  };
}

/** The state of a key; undefined where there is none and the event is not one to begin with. */
function stateOf(
  tenant: TenantState,
  { rule, begins, init, params }: ShownRule,
  key: string,
  observed: Observed,
  context: DetectorContext,
): unknown {
  let kept = tenant.detectors.get(rule.id);
  if (!kept) tenant.detectors.set(rule.id, (kept = { left: 0, states: new Map() }));
  let state = kept.states.get(key);
  if (state === undefined && (begins === null || begins(observed, context))) {
    state = init(params);
    kept.states.set(key, state);
  }
  return state;
}

function raise(
  program: Program,
  tenant: TenantState,
  rule: RuleFile,
  signal: Signal,
  identity: IdentityState,
  observed: Observed,
  out: Outputs,
): void {
  const { identity: who } = observed.event;
  const severity = correlate(program, tenant.episodes, rule, signal, observed, out.findings);
  if (severity === null || rank(severity) < GUARDED) return;
  const { type, id } = signal.entity;
  const own = type === "identity" ? who?.id : type === "credential" ? who?.credential : undefined;
  if (own === id) {
    hold(identity.series.calls);
    hold(identity.series.spend);
  }
}

import type { CostBasis, Environment, UsageEvent } from "../event.ts";
import type { Pico } from "../money.ts";

/** What a cost rests on; unpriced usage has no cost and is counted beside it. */
export type PricedBasis = Exclude<CostBasis, "unpriced">;

/** Environments that are told apart, because nobody should pay a pilot out of production's budget unseen. */
export type Stage = "production" | "non_production" | "exploratory";

/** Sums of direct usage. Money is exact; `basis` and `stages` each add up to `cost`. */
export interface UsageTotals {
  calls: number;
  input_tokens: number;
  output_tokens: number;
  cached_input_tokens: number;
  /** Calls a cache answered. */
  cache_hits: number;
  cost: Pico;
  basis: Record<PricedBasis, Pico>;
  stages: Record<Stage, Pico>;
  /** The part of `cost` that names neither a team nor a cost centre. */
  unattributed: Pico;
  /** The part of `cost` that nobody authorised; it is not unattributed. */
  unauthorised: Pico;
  unpriced_calls: number;
  unpriced_tokens: number;
}

export function createTotals(): UsageTotals {
  return {
    calls: 0,
    input_tokens: 0,
    output_tokens: 0,
    cached_input_tokens: 0,
    cache_hits: 0,
    cost: 0n,
    basis: { reported: 0n, priced: 0n, allocated: 0n, estimated: 0n },
    stages: { production: 0n, non_production: 0n, exploratory: 0n },
    unattributed: 0n,
    unauthorised: 0n,
    unpriced_calls: 0,
    unpriced_tokens: 0,
  };
}

/** Counts one event; a cost of null is unpriced usage, never zero. */
export function countEvent(
  totals: UsageTotals,
  event: UsageEvent,
  cost: Pico | null,
  isAuthorised: boolean,
): void {
  const { usage, attribution } = event;
  totals.calls += 1;
  totals.input_tokens += usage?.input_tokens ?? 0;
  totals.output_tokens += usage?.output_tokens ?? 0;
  totals.cached_input_tokens += usage?.cached_input_tokens ?? 0;
  if (event.outcome?.status === "cache_hit") totals.cache_hits += 1;
  if (cost === null) {
    totals.unpriced_calls += 1;
    totals.unpriced_tokens += tokensOf(event);
    return;
  }
  totals.cost += cost;
  totals.basis[pricedBasisOf(event)] += cost;
  totals.stages[stageOf(attribution?.environment)] += cost;
  if (!isAuthorised) totals.unauthorised += cost;
  else if (isUnattributed(event)) totals.unattributed += cost;
}

/** Adds other totals to `totals`. */
export function addTotals(totals: UsageTotals, other: UsageTotals): void {
  totals.calls += other.calls;
  totals.input_tokens += other.input_tokens;
  totals.output_tokens += other.output_tokens;
  totals.cached_input_tokens += other.cached_input_tokens;
  totals.cache_hits += other.cache_hits;
  totals.cost += other.cost;
  for (const basis of keysOf(totals.basis)) totals.basis[basis] += other.basis[basis];
  for (const stage of keysOf(totals.stages)) totals.stages[stage] += other.stages[stage];
  totals.unattributed += other.unattributed;
  totals.unauthorised += other.unauthorised;
  totals.unpriced_calls += other.unpriced_calls;
  totals.unpriced_tokens += other.unpriced_tokens;
}

/** Nobody can be charged for it: it names neither a team nor a cost centre. */
export function isUnattributed({ attribution }: UsageEvent): boolean {
  return attribution?.team === undefined && attribution?.cost_center === undefined;
}

/** Input tokens include the cached ones, output tokens the reasoning. */
export function tokensOf({ usage }: UsageEvent): number {
  return (usage?.input_tokens ?? 0) + (usage?.output_tokens ?? 0);
}

/** What an event's cost rests on; a cost of null is unpriced. */
export function basisOf(event: UsageEvent, cost: Pico | null): CostBasis {
  return cost === null ? "unpriced" : pricedBasisOf(event);
}

function pricedBasisOf({ cost }: UsageEvent): PricedBasis {
  const basis = cost?.basis ?? "reported";
  return basis === "unpriced" ? "reported" : basis;
}

/** Usage that does not say counts as production, as everywhere. */
function stageOf(environment: Environment | undefined): Stage {
  switch (environment) {
    case undefined:
    case "production":
      return "production";
    case "pilot":
      return "exploratory";
    case "staging":
    case "development":
    case "test":
      return "non_production";
  }
}

function keysOf<K extends string>(record: Record<K, unknown>): K[] {
  return Object.keys(record) as K[];
}

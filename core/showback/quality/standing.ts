import { attributionConfidence, ownedField } from "../../attribution.ts";
import type { UsageEvent } from "../../event.ts";
import { divideHalfEven, type Pico } from "../../money.ts";
import { tokensOf } from "../totals.ts";

/** What attribution can name, and whether an event does. */
export const NAMED = {
  identity: (event) => event.identity?.id !== undefined,
  credential: (event) => event.identity?.credential !== undefined,
  owner: (event) => ownedField(event, "owner") !== undefined,
  team: (event) => ownedField(event, "team") !== undefined,
  cost_center: (event) => ownedField(event, "cost_center") !== undefined,
  business_unit: (event) => ownedField(event, "business_unit") !== undefined,
  service: (event) => ownedField(event, "service") !== undefined,
  environment: (event) => ownedField(event, "environment") !== undefined,
  customer: (event) => event.attribution?.customer !== undefined,
  agent: (event) => event.flow?.agent !== undefined,
  workflow: (event) => event.flow?.workflow !== undefined,
} as const satisfies Record<string, (event: UsageEvent) => boolean>;
export type NamedField = keyof typeof NAMED;
export const NAMED_FIELDS = Object.keys(NAMED) as [NamedField, ...NamedField[]];

const BASIS_POINTS = 10_000;

/** How well the usage of one subject is attributed. */
export interface Standing {
  events: number;
  /** Of the priced events, each by its absolute amount: a credit must not lift the score. */
  cost: Pico;
  /** Sum of cost × confidence in basis points. */
  weighted: bigint;
  unpriced_tokens: bigint;
  unpriced_weighted: bigint;
  named: Record<NamedField, number>;
}

export function createStanding(): Standing {
  return {
    events: 0,
    cost: 0n,
    weighted: 0n,
    unpriced_tokens: 0n,
    unpriced_weighted: 0n,
    named: Object.fromEntries(NAMED_FIELDS.map((field) => [field, 0])) as Record<
      NamedField,
      number
    >,
  };
}

/** How far the attribution of one event can be trusted, in basis points. */
export function confidenceOf(event: UsageEvent): number {
  return Math.round(attributionConfidence(event) * BASIS_POINTS);
}

export function addToStanding(
  standing: Standing,
  event: UsageEvent,
  confidence: number,
  cost: Pico | null,
): void {
  standing.events += 1;
  for (const field of NAMED_FIELDS) if (NAMED[field](event)) standing.named[field] += 1;
  if (cost === null) {
    const tokens = BigInt(tokensOf(event));
    standing.unpriced_tokens += tokens;
    standing.unpriced_weighted += tokens * BigInt(confidence);
  } else {
    standing.cost += absolute(cost);
    standing.weighted += absolute(cost) * BigInt(confidence);
  }
}

/** AQ, 0..1: sum of cost × confidence over sum of cost; null where nothing is priced. */
export function scoreOf({ cost, weighted }: Standing): number | null {
  return ratio(weighted, cost);
}

/** The same over the tokens of unpriced events. */
export function unpricedScoreOf({ unpriced_tokens, unpriced_weighted }: Standing): number | null {
  return ratio(unpriced_weighted, unpriced_tokens);
}

/** The money the score leaves in doubt: cost × (1 − AQ). */
export function doubtOf({ cost, weighted }: Standing): Pico {
  return divideHalfEven(cost * BigInt(BASIS_POINTS) - weighted, BigInt(BASIS_POINTS));
}

export function absolute(amount: Pico): Pico {
  return amount < 0n ? -amount : amount;
}

function ratio(weighted: bigint, whole: bigint): number | null {
  return whole === 0n ? null : Number(weighted / whole) / BASIS_POINTS;
}

import type { UsageEvent } from "#core/event.ts";
import { formatUsd, type Pico } from "#core/money.ts";
import { createLedger, type Period, type Sharing } from "#core/showback/cells.ts";
import { createCountable } from "#core/showback/countable.ts";
import type { Dimension } from "#core/showback/dimension.ts";
import type { SharedPolicy } from "#core/showback/shared.ts";
import { costOf, createStatement, type Line, type Statement } from "#core/showback/statement.ts";
import { eventEntry, type Overrides } from "./events.ts";

/** The month of the test events. */
export const OCTOBER: Period = { from: Date.UTC(2026, 9, 1), to: Date.UTC(2026, 10, 1) };

/** A policy over the usage of the gateway's service; overrides replace single fields. */
export function sharedPolicy(overrides: Partial<SharedPolicy> = {}): SharedPolicy {
  return {
    name: "gateway",
    match: { "attribution.service": "gateway" },
    split: "requests",
    to: "team",
    weights: {},
    ...overrides,
  };
}

/** One call of a team that costs so many picodollars; null: unpriced. */
export function teamCall(
  team: string | undefined,
  cost: Pico | null,
  more: Overrides<UsageEvent> = {},
): Overrides<UsageEvent> {
  const amount = cost === null ? undefined : formatUsd(cost);
  return {
    attribution: { team, cost_center: undefined, business_unit: undefined, ...more.attribution },
    flow: undefined,
    cost: { amount, basis: cost === null ? "unpriced" : "reported" },
    ...without(more, "attribution"),
  };
}

/** The statement of these events, each under an id of its own where it names none. */
export function statementOf(
  events: readonly Overrides<UsageEvent>[],
  {
    period = OCTOBER,
    groupBy = ["team"],
    policies = [],
    charges = [],
    incidents = [],
    tenants = null,
  }: StatementOptions = {},
): Statement {
  const { add, ledger } = createLedger(period, groupBy, { policies, charges, incidents });
  const countable = createCountable(({ event, at, cost }) => add(event, at, cost));
  for (const [i, overrides] of events.entries()) {
    countable.push(eventEntry({ id: `event-${i}`, ...overrides }));
  }
  countable.end();
  return createStatement(ledger(), tenants);
}

interface StatementOptions extends Partial<Sharing> {
  period?: Period;
  groupBy?: readonly Dimension[];
  tenants?: readonly string[] | null;
}

/** What each group costs in all, in picodollars, by its values. */
export function costsOf(lines: readonly Line[]): Record<string, Pico> {
  return Object.fromEntries(lines.map((line) => [line.group.join(" "), costOf(line)]));
}

function without<T extends object, K extends keyof T>(value: T, key: K): Omit<T, K> {
  const { [key]: _, ...rest } = value;
  return rest;
}

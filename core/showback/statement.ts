import type { Pico } from "../money.ts";
import { type Allocation, allocate } from "./allocate.ts";
import type { Cell, Ledger, Place } from "./cells.ts";
import type { Dimension } from "./dimension.ts";
import { addTotals, createTotals, type UsageTotals } from "./totals.ts";

/** Usage and shared cost of a period as some reader may see them, before grouping. */
export interface Statement {
  dimensions: readonly Dimension[];
  /** Somebody's own usage, and what incidents took. */
  direct: readonly Cell[];
  /** Usage declared shared. */
  shared: readonly Cell[];
  /** Where the cost of the shared usage went. */
  allocations: readonly Allocation[];
}

/** One line: the direct usage of a group, and what it bears of the shared cost. */
export interface Line {
  /** A value per dimension that was grouped by. */
  group: Place;
  consumption: UsageTotals;
  platform: Pico;
}

/** Allocates the shared cost of a ledger, then keeps what the reader may see; null: every tenant. */
export function createStatement(ledger: Ledger, tenants: readonly string[] | null): Statement {
  const tenantAt = ledger.dimensions.indexOf("tenant");
  const isVisible = ({ place }: { place: Place }): boolean =>
    tenants === null || tenants.includes(place[tenantAt]!);
  const cells = ledger.cells.filter(isVisible);
  return {
    dimensions: ledger.dimensions,
    direct: cells.filter(({ policy }) => policy === null),
    shared: cells.filter(({ policy }) => policy !== null),
    allocations: allocate(ledger).filter(isVisible),
  };
}

/** What a line costs in all. The lines of a statement add up to the cost of its events, whatever the grouping. */
export function costOf({ consumption, platform }: Line): Pico {
  return consumption.cost + platform;
}

/** The lines of a statement under a grouping, the dearest first. */
export function linesOf(statement: Statement, groupBy: readonly Dimension[]): Line[] {
  const at = groupBy.map((dimension) => statement.dimensions.indexOf(dimension));
  const lines = new Map<string, Line>();
  const lineOf = (place: Place): Line => {
    const group = at.map((i) => place[i]!);
    const key = JSON.stringify(group);
    let line = lines.get(key);
    if (!line) lines.set(key, (line = { group, consumption: createTotals(), platform: 0n }));
    return line;
  };
  for (const { place, totals } of statement.direct) addTotals(lineOf(place).consumption, totals);
  for (const { place, amount } of statement.allocations) {
    if (amount !== 0n) lineOf(place).platform += amount;
  }
  return [...lines.values()].toSorted(byCost);
}

function byCost(a: Line, b: Line): number {
  const difference = costOf(b) - costOf(a);
  if (difference !== 0n) return difference > 0n ? 1 : -1;
  return JSON.stringify(a.group) < JSON.stringify(b.group) ? -1 : 1;
}

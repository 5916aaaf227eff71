import { flowRoot, type UsageEvent } from "../event.ts";
import type { Pico } from "../money.ts";
import { DIMENSION_NAMES, type Dimension, valueOf } from "./dimension.ts";
import { createSharedPolicies, type SharedPolicy } from "./shared.ts";
import { countEvent, createTotals, type UsageTotals } from "./totals.ts";

/** A place usage can be in: one value per dimension of the ledger, in its order. */
export type Place = readonly string[];

/** The usage of one place, either its own or declared shared. */
export interface Cell {
  place: Place;
  /** Null: somebody's own usage. */
  policy: SharedPolicy | null;
  totals: UsageTotals;
  /** Flow roots, where a policy splits by tasks. */
  tasks: Set<string>;
}

/** Usage of a period by place: everything a statement is made from, after one pass over the events. */
export interface Ledger {
  dimensions: readonly Dimension[];
  cells: readonly Cell[];
}

/** By what every statement can be asked, whatever it is grouped by: who sees it, and who owns the business. */
const ALWAYS: readonly Dimension[] = ["tenant", "business_unit", "cost_center"];

/** Collects counted events. Keeps the places of `groupBy` and of what the policies split over apart. */
export function createLedger(
  groupBy: readonly Dimension[],
  policies: readonly SharedPolicy[],
): { add(event: UsageEvent, cost: Pico | null): void; ledger(): Ledger } {
  const needed = new Set<Dimension>([...ALWAYS, ...groupBy, ...policies.map(({ to }) => to)]);
  const dimensions = DIMENSION_NAMES.filter((dimension) => needed.has(dimension));
  const policyOf = createSharedPolicies(policies);
  const needsTasks = policies.some(({ split }) => split === "tasks");
  const cells = new Map<string, Cell>();
  return {
    add(event, cost) {
      const place = dimensions.map((dimension) => valueOf(event, dimension));
      const policy = policyOf(event);
      const key = JSON.stringify([policy?.name ?? null, ...place]);
      let cell = cells.get(key);
      if (!cell) {
        cell = { place, policy, totals: createTotals(), tasks: new Set() };
        cells.set(key, cell);
      }
      countEvent(cell.totals, event, cost);
      const flow = needsTasks ? flowRoot(event) : null;
      if (flow !== null) cell.tasks.add(flow);
    },
    ledger: () => ({ dimensions, cells: [...cells.values()] }),
  };
}

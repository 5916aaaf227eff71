import { type CostBasis, flowRoot, type UsageEvent } from "../event.ts";
import { createMatcher } from "../event-matcher.ts";
import type { Pico } from "../money.ts";
import type { EventTime } from "../time.ts";
import { type Charge, CHARGE_FIELDS, type ChargeField } from "./charges.ts";
import { DIMENSION_NAMES, type Dimension, stolenValueOf, valueOf } from "./dimension.ts";
import { createIncidentFinder, type Incident } from "./incidents.ts";
import { createSharedPolicies, type SharedPolicy } from "./shared.ts";
import { basisOf, countEvent, createTotals, type UsageTotals } from "./totals.ts";

/** A place usage can be in: one value per dimension of the ledger, in its order. */
export type Place = readonly string[];

/** The usage of one place, either its own or declared shared, with one kind of cost. */
export interface Cell {
  place: Place;
  basis: CostBasis;
  /** Null: authorised usage. */
  incident: Incident | null;
  /** Null: somebody's own usage, or an incident's. */
  policy: SharedPolicy | null;
  /** The charges that pay for this usage. */
  paidBy: readonly Charge[];
  totals: UsageTotals;
  /** Flow roots, where a policy splits by tasks. */
  tasks: Set<string>;
}

export interface Period {
  from: EventTime;
  /** Exclusive. */
  to: EventTime;
}

/** What is said of cost beyond single calls: by the site, and by the findings. */
export interface Sharing {
  policies: readonly SharedPolicy[];
  charges: readonly Charge[];
  incidents: readonly Incident[];
}

/** Usage of a period by place: everything a statement is made from, after one pass over the events. */
export interface Ledger {
  period: Period;
  dimensions: readonly Dimension[];
  cells: readonly Cell[];
  charges: readonly Charge[];
}

/** Kept apart under every grouping: who may see it, who owns the business, and over whom charges are split. */
const ALWAYS: readonly Dimension[] = ["tenant", "business_unit", "cost_center", "team"];

/** Collects counted events of a period. Keeps the places of `groupBy` and of what is split over apart. */
export function createLedger(
  period: Period,
  groupBy: readonly Dimension[],
  { policies, charges, incidents }: Sharing,
): { add(event: UsageEvent, at: EventTime, cost: Pico | null): void; ledger(): Ledger } {
  const needed = new Set<Dimension>([...ALWAYS, ...groupBy, ...policies.map(({ to }) => to)]);
  const dimensions = DIMENSION_NAMES.filter((dimension) => needed.has(dimension));
  const policyOf = createSharedPolicies(policies);
  const incidentOf = createIncidentFinder(incidents);
  const needsTasks = policies.some(({ split }) => split === "tasks");
  const payers = charges.map((charge) => ({
    charge,
    matches: createMatcher((field: ChargeField) => CHARGE_FIELDS[field], charge.match),
  }));
  const cells = new Map<string, Cell>();
  return {
    add(event, at, cost) {
      const incident = incidentOf(event, at);
      const read = incident ? stolenValueOf : valueOf;
      const place = dimensions.map((dimension) => read(event, dimension));
      const policy = incident ? null : policyOf(event);
      const paying = payers.filter(
        ({ charge, matches }) => at >= charge.from && at < charge.until && matches(event),
      );
      const payerIds = paying.map((payer) => payers.indexOf(payer));
      const basis = basisOf(event, cost);
      const key = JSON.stringify([
        incident?.finding ?? null,
        policy?.name ?? null,
        payerIds,
        basis,
        ...place,
      ]);
      let cell = cells.get(key);
      if (!cell) {
        const paidBy = paying.map(({ charge }) => charge);
        const totals = createTotals();
        cell = { place, basis, incident, policy, paidBy, totals, tasks: new Set() };
        cells.set(key, cell);
      }
      countEvent(cell.totals, event, cost, incident === null);
      const flow = needsTasks ? flowRoot(event) : null;
      if (flow !== null) cell.tasks.add(flow);
    },
    ledger: () => ({ period, dimensions, cells: [...cells.values()], charges }),
  };
}

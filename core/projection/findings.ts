import type { Finding } from "../finding/finding.ts";
import { evolve, type FindingEntry, type FindingRecord } from "../finding/finding-log.ts";
import {
  byOpening,
  FINDING_ORDERS,
  type FindingSort,
  type Place,
  placeOf,
} from "./finding-order.ts";
import { createSortedList, type SortedList } from "./sorted-list.ts";

/** The finding log folded in memory: the list an analyst sees, the same code in every mode. */
export interface FindingProjection {
  /** Folds one entry and returns the finding as it is now; entries seen before change nothing. */
  apply(entry: FindingEntry): Finding | null;
  get(id: string): FindingRecord | undefined;
  /** Every finding, the oldest first. */
  all(): Finding[];
  /** Every finding behind a place of an order, which is made when first asked for and kept from then on. */
  inOrder(sort: FindingSort, after: Place | null): Iterable<Finding>;
}

export function createFindingProjection(): FindingProjection {
  const records = new Map<string, FindingRecord>();
  const applied = new Set<string>();
  const orders = new Map<FindingSort, SortedList<Place>>();

  const orderOf = (sort: FindingSort): SortedList<Place> => {
    let order = orders.get(sort);
    if (!order) {
      const places = Array.from(records.values(), ({ finding }) => placeOf(finding));
      orders.set(sort, (order = createSortedList(places, FINDING_ORDERS[sort])));
    }
    return order;
  };
  const move = (before: Finding | undefined, after: Finding): void => {
    for (const order of orders.values()) {
      if (before) order.remove(placeOf(before));
      order.insert(placeOf(after));
    }
  };
  return {
    apply(entry) {
      const before = records.get(entry.finding);
      if (applied.has(entry.id)) return before?.finding ?? null;
      applied.add(entry.id);
      const record = evolve(before, entry);
      if (!record) return null;
      records.set(entry.finding, record);
      move(before?.finding, record.finding);
      return record.finding;
    },
    get: (id) => records.get(id),
    all: () => [...records.values()].map(({ finding }) => finding).toSorted(byOpening),
    *inOrder(sort, after) {
      for (const { id } of orderOf(sort).after(after)) yield records.get(id)!.finding;
    },
  };
}

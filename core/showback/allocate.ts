import type { Pico } from "../money.ts";
import type { Cell, Ledger, Place } from "./cells.ts";
import { type Dimension, NO_DRIVER, UNATTRIBUTED } from "./dimension.ts";
import { groupBy } from "./group.ts";
import { type Pool, poolsOf } from "./pools.ts";
import type { Split } from "./shared.ts";
import { splitExactly, type Weight } from "./split.ts";

/** What a place bears of a shared cost. */
export interface Allocation {
  pool: Pool;
  place: Place;
  amount: Pico;
}

/**
 * Splits the shared costs of a ledger, exactly. First over the values a pool names (teams, say), so
 * that each bears the same under every grouping; then, within each, over its places. Usage without
 * such a value bears its part as `_unattributed` where the split follows usage; what finds no driver
 * stays in `_no_driver`.
 */
export function allocate(ledger: Ledger): Allocation[] {
  return poolsOf(ledger).flatMap((pool) => split(pool, ledger.dimensions));
}

export function sumOf(allocations: readonly Pick<Allocation, "amount">[]): Pico {
  return allocations.reduce((sum, { amount }) => sum + amount, 0n);
}

function split(pool: Pool, dimensions: readonly Dimension[]): Allocation[] {
  const to = dimensions.indexOf(pool.to);
  const bySharer = groupBy(pool.drivers, ({ place }) => place[to]!);
  const shares = splitExactly(pool.amount, sharerWeights(pool, bySharer));
  if (shares.size === 0) {
    const place = dimensions.map((name) => tenantOr(pool, name, NO_DRIVER));
    return [{ pool, place, amount: pool.amount }];
  }
  return [...shares].flatMap(([sharer, share]): Allocation[] => {
    const within = splitWithin(pool.split, share, bySharer.get(sharer) ?? []);
    if (within.length > 0) return within.map((part) => ({ pool, ...part }));
    const place = dimensions.map((name) =>
      name === pool.to ? sharer : tenantOr(pool, name, UNATTRIBUTED),
    );
    return [{ pool, place, amount: share }];
  });
}

function sharerWeights(
  { split: by, weights }: Pool,
  bySharer: ReadonlyMap<string, readonly Cell[]>,
): Weight[] {
  if (by === "weights") {
    return Object.entries(weights).map(([key, weight]) => ({ key, weight: BigInt(weight) }));
  }
  return [...bySharer].flatMap(([key, cells]): Weight[] => {
    if (by === "even") return key === UNATTRIBUTED ? [] : [{ key, weight: 1n }];
    return [{ key, weight: driverOf(by, cells) }];
  });
}

/** A sharer's part over its places: by the same driver where that is usage, else by cost, else by calls. */
function splitWithin(
  by: Pool["split"],
  share: Pico,
  cells: readonly Cell[],
): Pick<Allocation, "place" | "amount">[] {
  const drivers = by === "even" || by === "weights" ? (["cost", "requests"] as const) : [by];
  for (const driver of drivers) {
    const weights = cells.map((cell) => ({
      key: JSON.stringify(cell.place),
      weight: driverOf(driver, [cell]),
    }));
    const parts = splitExactly(share, weights);
    if (parts.size === 0) continue;
    return [...parts].map(([key, amount]) => ({ place: JSON.parse(key) as Place, amount }));
  }
  return [];
}

function driverOf(
  driver: Exclude<Split, "even" | "weights"> | "none",
  cells: readonly Cell[],
): bigint {
  switch (driver) {
    case "none":
      return 0n;
    case "requests":
      return cells.reduce((sum, { totals }) => sum + BigInt(totals.calls), 0n);
    case "tokens":
      return cells.reduce(
        (sum, { totals }) => sum + BigInt(totals.input_tokens + totals.output_tokens),
        0n,
      );
    case "cost":
      return cells.reduce((sum, { totals }) => sum + totals.cost, 0n);
    case "tasks":
      return BigInt(new Set(cells.flatMap(({ tasks }) => [...tasks])).size);
  }
}

/** A place that no usage made is in the pool's tenant, where it has one. */
function tenantOr({ tenant }: Pool, dimension: Dimension, otherwise: string): string {
  return dimension === "tenant" ? (tenant ?? otherwise) : otherwise;
}

import type { Pico } from "../money.ts";
import type { Cell, Ledger, Place } from "./cells.ts";
import { type Dimension, NO_DRIVER, UNATTRIBUTED } from "./dimension.ts";
import { groupBy } from "./group.ts";
import type { SharedPolicy, Split } from "./shared.ts";
import { splitExactly, type Weight } from "./split.ts";

/** What a place bears of a shared cost. */
export interface Allocation {
  policy: SharedPolicy;
  place: Place;
  amount: Pico;
}

/**
 * Splits the shared cost of a ledger over the direct usage of the same tenant, exactly. First over the
 * values the policy names (teams, say), so that each bears the same under every grouping; then, within
 * each, over its places. Usage without such a value bears its part as `_unattributed` where the split
 * follows usage; what finds no driver stays in `_no_driver`. Shared costs never drive each other.
 */
export function allocate({ dimensions, cells }: Ledger): Allocation[] {
  const tenantAt = dimensions.indexOf("tenant");
  const direct = groupBy(
    cells.filter(({ policy }) => policy === null),
    ({ place }) => place[tenantAt]!,
  );
  const shared = cells.filter(({ policy }) => policy !== null);
  const pools = groupBy(shared, ({ place, policy }) =>
    JSON.stringify([policy!.name, place[tenantAt]]),
  );
  return [...pools.values()].flatMap((pool) => {
    const { policy, place } = pool[0]!;
    const tenant = place[tenantAt]!;
    const amount = pool.reduce((sum, { totals }) => sum + totals.cost, 0n);
    const drivers = direct.get(tenant) ?? [];
    return split(policy!, amount, { dimensions, tenant, drivers });
  });
}

interface Among {
  dimensions: readonly Dimension[];
  tenant: string;
  /** The direct usage of the tenant. */
  drivers: readonly Cell[];
}

function split(policy: SharedPolicy, amount: Pico, among: Among): Allocation[] {
  const { dimensions, drivers } = among;
  const to = dimensions.indexOf(policy.to);
  const bySharer = groupBy(drivers, ({ place }) => place[to]!);
  const shares = splitExactly(amount, sharerWeights(policy, bySharer));
  if (shares.size === 0) {
    return [{ policy, place: placeOf(among, () => NO_DRIVER), amount }];
  }
  return [...shares].flatMap(([sharer, share]): Allocation[] => {
    const own = bySharer.get(sharer) ?? [];
    const within = splitWithin(policy.split, share, own);
    if (within.length > 0) return within.map((part) => ({ policy, ...part }));
    const place = placeOf(among, (name) => (name === policy.to ? sharer : UNATTRIBUTED));
    return [{ policy, place, amount: share }];
  });
}

function sharerWeights(
  { split: by, weights }: SharedPolicy,
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

/** A sharer's part over its places, by the same driver where that is usage, else by cost, else by calls. */
function splitWithin(by: Split, share: Pico, cells: readonly Cell[]): Omit<Allocation, "policy">[] {
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
  driver: Exclude<Split, "even" | "weights">,
  cells: readonly Pick<Cell, "totals" | "tasks">[],
): bigint {
  switch (driver) {
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

/** A place of this tenant that no usage made. */
function placeOf({ dimensions, tenant }: Among, value: (name: Dimension) => string): Place {
  return dimensions.map((name) => (name === "tenant" ? tenant : value(name)));
}

import type { Pico } from "../money.ts";
import { type EventTime } from "../time.ts";
import type { Cell, Ledger } from "./cells.ts";
import type { Charge } from "./charges.ts";
import { groupBy } from "./group.ts";
import type { Sharer, Split } from "./shared.ts";

/** One amount that is split over direct usage. */
export interface Pool {
  name: string;
  /** Whether it is usage declared shared, or a bill for many calls. */
  source: "usage" | "charge";
  /** Who sends the bill of a charge; null: usage. */
  vendor: string | null;
  amount: Pico;
  split: Split | "none";
  to: Sharer;
  weights: Readonly<Record<string, number>>;
  /** Null: a charge, which may be for several tenants. */
  tenant: string | null;
  /** The direct usage it is split over. */
  drivers: readonly Cell[];
}

/**
 * The shared costs of a ledger. Usage declared shared is split within its tenant; a charge, over the
 * usage it pays for. Neither drives the other, and stolen usage drives none: its victim would pay more of both.
 */
export function poolsOf({ period, dimensions, cells, charges }: Ledger): Pool[] {
  const tenantAt = dimensions.indexOf("tenant");
  const direct = cells.filter(({ policy, incident }) => policy === null && incident === null);
  const byTenant = groupBy(direct, ({ place }) => place[tenantAt]!);
  const shared = cells.filter(({ policy }) => policy !== null);
  const used = [
    ...groupBy(shared, ({ place, policy }) => JSON.stringify([policy!.name, place[tenantAt]])),
  ].map(([, pool]): Pool => {
    const { policy, place } = pool[0]!;
    const { name, split, to, weights } = policy!;
    const tenant = place[tenantAt]!;
    const amount = pool.reduce((sum, { totals }) => sum + totals.cost, 0n);
    const drivers = byTenant.get(tenant) ?? [];
    const pooled = { name, source: "usage", vendor: null, amount, split } as const;
    return { ...pooled, to, weights, tenant, drivers };
  });
  const charged = charges.flatMap((charge): Pool[] => {
    const amount = chargedWithin(charge, period.from, period.to);
    const { name, vendor, driver: split } = charge;
    const drivers = direct.filter(({ paidBy }) => paidBy.includes(charge));
    const pool = { name, source: "charge", vendor, amount, split, drivers } as const;
    return amount === 0n ? [] : [{ ...pool, to: "team", weights: {}, tenant: null }];
  });
  return [...used, ...charged];
}

/** What a charge, spread evenly over its time, comes to in a period; neighbouring periods add up exactly. */
export function chargedWithin(charge: Charge, from: EventTime, to: EventTime): Pico {
  return chargedUntil(charge, to) - chargedUntil(charge, from);
}

function chargedUntil({ amount, from, until }: Charge, at: EventTime): Pico {
  const elapsed = Math.min(Math.max(at, from), until) - from;
  return (amount * BigInt(Math.floor(elapsed))) / BigInt(until - from);
}

import type { Pico } from "../money.ts";
import { type Dimension, NO_DRIVER, UNATTRIBUTED, UNAUTHORISED } from "./dimension.ts";
import { groupBy as groupItems } from "./group.ts";
import { splitExactly } from "./split.ts";
import { costOf, type Line } from "./statement.ts";

const OWNERLESS = [UNATTRIBUTED, NO_DRIVER];

/**
 * What lines would cost if those that name nobody were spread over those that do, by cost, each within
 * its tenant where tenants are told apart. A view only: it adds up to the same, and stolen usage stays
 * where it is. Where nobody is named, the lines keep their cost.
 */
export function fullyLoaded(
  lines: readonly Line[],
  groupBy: readonly Dimension[],
): ReadonlyMap<Line, Pico> {
  const loaded = new Map(lines.map((line) => [line, costOf(line)]));
  const tenantAt = groupBy.indexOf("tenant");
  const byTenant = groupItems(lines, ({ group }) => group[tenantAt] ?? "");
  for (const own of byTenant.values()) {
    const ownerless = own.filter(({ group }) => OWNERLESS.some((name) => group.includes(name)));
    const owned = own.filter(
      (line) => !ownerless.includes(line) && !line.group.includes(UNAUTHORISED),
    );
    const amount = ownerless.reduce((sum, line) => sum + costOf(line), 0n);
    const parts = splitExactly(
      amount,
      owned.map((line) => ({ key: JSON.stringify(line.group), weight: costOf(line) })),
    );
    if (parts.size === 0) continue;
    for (const line of ownerless) loaded.set(line, 0n);
    for (const line of owned) {
      loaded.set(line, costOf(line) + parts.get(JSON.stringify(line.group))!);
    }
  }
  return loaded;
}

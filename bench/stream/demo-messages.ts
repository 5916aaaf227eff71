import { seal, type Sealed } from "#adapters/usage-log/nats-seal.ts";
import { partitionOf, PARTITIONS } from "#core/partition.ts";
import { isProblem } from "#core/event-check.ts";
import type { NewEntry } from "#core/ports/usage-log.ts";
import { createDigest } from "#core/privacy.ts";
import { DAY } from "#core/time.ts";
import { generateDemo } from "#services/demo/generate.ts";
import { readEvent } from "#services/ingest/read-event.ts";
import type { Site } from "#services/site.ts";

/** Each is a company of the demo with a seed of its own; all of them lie in different partitions. */
export const TENANTS = ["tenant-1", "tenant-2", "tenant-3", "tenant-4"] as const;

const START = Date.UTC(2026, 0, 20);

/** A sealed message on its way into a partition, with the number of events in it. */
export interface DemoMessage extends Sealed {
  partition: number;
  events: number;
}

/**
 * A demo fortnight of every tenant, checked, owned and priced, as the messages that ingest makes of
 * it: the tenants in turn, up to `most` events in all.
 */
export function demoMessages(site: Site, fortnight: number, most = Infinity): DemoMessage[] {
  const share = most / TENANTS.length;
  const piles = TENANTS.map((tenant, i) => {
    const partition = partitionOf(tenant, PARTITIONS);
    const entries = demoEntries(site, tenant, fortnight * TENANTS.length + i + 1, fortnight, share);
    return seal(partition, entries).map((sealed) => ({
      ...sealed,
      partition,
      events: sealed.data.toString().split("\n").length,
    }));
  });
  const longest = Math.max(...piles.map(({ length }) => length));
  return Array.from({ length: longest }, (_, i) => piles.flatMap((pile) => pile[i] ?? [])).flat();
}

function demoEntries(
  site: Site,
  tenant: string,
  seed: number,
  fortnight: number,
  most: number,
): NewEntry[] {
  const origin = { source: "bench", tenants: [tenant], digest: createDigest("bench") };
  const entries: NewEntry[] = [];
  for (const raw of generateDemo({ seed, until: START + fortnight * 16 * DAY })) {
    if (entries.length >= most) break;
    const read = readEvent(raw, origin, site);
    if (isProblem(read)) throw new Error(read.message);
    entries.push({ kind: "event", ...read });
  }
  return entries;
}

import { createHash } from "node:crypto";
import { MeterhoundError } from "#core/errors.ts";
import { encodeEntry } from "#core/log-entry.ts";
import type { NewEntry } from "#core/ports/usage-log.ts";
import { MAX_MESSAGE } from "#adapters/nats/streams.ts";
import { NO_TENANT, subjectToken } from "#adapters/nats/subjects.ts";

/** A message is closed at this size: the cost of a message is per message, not per byte. */
const SEAL_AT = 32 * 1024;

/** One message on its way into a partition: lines of one tenant, or a control entry, its time before it. */
export interface Sealed {
  tenantToken: string;
  /** Made from the content and its place in the append, so that the same append again is recognised. */
  id: string;
  data: Uint8Array;
}

interface Pile {
  lines: string[];
  bytes: number;
}

/**
 * Cuts entries of one partition into messages of one tenant each. The order within a tenant is kept,
 * and none passes a control entry. Throws MH_EVENT_TOO_LARGE.
 */
export function seal(partition: number, entries: readonly NewEntry[]): Sealed[] {
  const sealed: Sealed[] = [];
  const piles = new Map<string, Pile>();
  const close = (tenant: string, { lines }: Pile): void => {
    piles.delete(tenant);
    sealed.push(toSealed(partition, sealed.length, subjectToken(tenant), lines));
  };
  const closeAll = (): void => {
    for (const [tenant, pile] of piles) close(tenant, pile);
  };
  for (const entry of entries) {
    if (entry.kind !== "event") {
      closeAll();
      const line = `${entry.at} ${encodeEntry(entry) ?? ""}`;
      sealed.push(toSealed(partition, sealed.length, NO_TENANT, [line]));
      continue;
    }
    const line = encodeEntry(entry)!;
    const bytes = Buffer.byteLength(line) + 1;
    if (bytes > MAX_MESSAGE - 1_024) throw new MeterhoundError("MH_EVENT_TOO_LARGE");
    const { tenant } = entry.event;
    const open = piles.get(tenant);
    if (open && open.bytes + bytes > SEAL_AT) close(tenant, open);
    const pile = piles.get(tenant);
    if (pile) {
      pile.lines.push(line);
      pile.bytes += bytes;
    } else {
      piles.set(tenant, { lines: [line], bytes });
    }
  }
  closeAll();
  return sealed;
}

function toSealed(
  partition: number,
  place: number,
  tenantToken: string,
  lines: readonly string[],
): Sealed {
  const data = Buffer.from(lines.join("\n"));
  const id = createHash("sha256")
    .update(`${partition} ${place} ${tenantToken}\n`)
    .update(data)
    .digest("base64url")
    .slice(0, 24);
  return { tenantToken, id, data };
}

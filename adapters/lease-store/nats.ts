import { type KV, nuid } from "nats";
import type { Lease, LeaseStore } from "#core/ports/lease-store.ts";
import type { Nats } from "#adapters/nats/connection.ts";
import { API, apiCode } from "#adapters/nats/errors.ts";
import { lastTokens, partitionToken } from "#adapters/nats/subjects.ts";
import { reaching } from "#adapters/nats/unreachable.ts";

/** An answer that stays out longer is none: the lease may be lost before the next try. */
const TIMEOUT = 2_000;

interface Held {
  fence: number;
  /** Revision of our newest renewal. */
  revision: number;
}

/**
 * Leases in a bucket whose entries live as long as the ttl. The revision of the entry that took the
 * partition is the fence: revisions of a bucket only rise. A worker lost to a kill is forgotten by
 * the server.
 */
export async function createNatsLeaseStore(nats: Nats, ttl: number): Promise<LeaseStore> {
  const bucket = nats.names.leases;
  const leases: KV = await nats.nc
    .jetstream({ timeout: TIMEOUT })
    .views.kv(bucket, { bindOnly: true, allow_direct: false });
  const owner = nuid.next();
  const held = new Map<number, Held>();
  let announced = false;
  const keyOf = (partition: number): string => `lease.${partitionToken(partition)}`;

  /** The revision of our own entry, where an answer of the server was lost on the way; null where it is not ours. */
  async function ownRevision(partition: number): Promise<number | null> {
    const entry = await leases.get(keyOf(partition));
    return entry?.operation === "PUT" && entry.string() === owner ? entry.revision : null;
  }

  async function acquire(partition: number): Promise<Lease | null> {
    let revision: number | null;
    try {
      revision = await leases.create(keyOf(partition), owner);
    } catch (error) {
      if (apiCode(error) !== API.wrongLastSequence) throw error;
      revision = held.has(partition) ? null : await ownRevision(partition);
    }
    if (revision === null) return null;
    held.set(partition, { fence: revision, revision });
    return { partition, fence: revision };
  }

  async function renew({ partition, fence }: Lease): Promise<boolean> {
    const mine = held.get(partition);
    if (mine?.fence !== fence) return false;
    try {
      mine.revision = await leases.update(keyOf(partition), owner, mine.revision);
      return true;
    } catch (error) {
      if (apiCode(error) !== API.wrongLastSequence) throw error;
      const revision = await ownRevision(partition);
      if (revision === null) held.delete(partition);
      else mine.revision = revision;
      return revision !== null;
    }
  }

  async function release({ partition, fence }: Lease): Promise<void> {
    const mine = held.get(partition);
    if (mine?.fence !== fence) return;
    held.delete(partition);
    try {
      await leases.delete(keyOf(partition), { previousSeq: mine.revision });
    } catch (error) {
      if (apiCode(error) !== API.wrongLastSequence) throw error;
    }
  }

  return {
    ttl,
    acquire: (partition) => reaching(nats, () => acquire(partition)),
    renew: (lease) => reaching(nats, () => renew(lease)),
    release: (lease) => reaching(nats, () => release(lease)),
    announce: () =>
      reaching(nats, async () => {
        announced = true;
        await leases.put(`worker.${owner}`, "");
        const { state } = await nats.jsm.streams.info(`KV_${bucket}`, {
          subjects_filter: `$KV.${bucket}.*.*`,
        });
        return countWorkers(Object.keys(state.subjects ?? {}));
      }),
    async close() {
      for (const [partition, { fence }] of held) {
        await release({ partition, fence }).catch(() => {});
      }
      // The announcement outlives us, and others would leave our share free as long.
      if (announced) await leases.put(`left.${owner}`, "").catch(() => {});
    },
  };
}

/** Workers that announced themselves and have not said that they left, by the keys of the bucket. */
function countWorkers(subjects: readonly string[]): number {
  const keys = new Set(subjects.map((subject) => lastTokens(subject, 2).join(".")));
  return [...keys].filter(
    (key) => key.startsWith("worker.") && !keys.has(key.replace("worker.", "left.")),
  ).length;
}

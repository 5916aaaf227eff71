import type { LeaseStore } from "#core/ports/lease-store.ts";

const TTL = 60_000;
/** No other process can open the data directory, so one fence serves for good. */
const FENCE = 1;

/** Leases of a single process: every partition is free, and stays with it. */
export function createEmbeddedLeaseStore(): LeaseStore {
  return {
    ttl: TTL,
    acquire: async (partition) => ({ partition, fence: FENCE }),
    renew: async () => true,
    release: async () => {},
    announce: async () => 1,
    close: async () => {},
  };
}

import type { Lease, LeaseStore } from "#core/ports/lease-store.ts";
import type { Holding } from "./partition.ts";

/** A lease as its holder sees it. */
export interface LeaseHolding extends Holding {
  /** Renews the lease; false where it is lost, or may be. */
  renew(): Promise<boolean>;
  release(): Promise<void>;
}

/** Of a lease's life the holder uses this share without a renewal, so that it stops before another one starts. */
const TRUSTED_SHARE = 2 / 3;

/**
 * Watches a lease by the holder's own monotonic clock: a process that was paused past its lease finds
 * it gone before it writes anything. Once gone it stays gone.
 */
export function createHolding(
  lease: Lease,
  store: LeaseStore,
  monotonic: () => number,
  taken: number,
): LeaseHolding {
  let trustedUntil = taken + store.ttl * TRUSTED_SHARE;
  let lost = false;
  let renewing: Promise<boolean> | null = null;
  const isHeld = (): boolean => {
    lost ||= monotonic() >= trustedUntil;
    return !lost;
  };
  const ask = async (): Promise<boolean> => {
    if (!isHeld()) return false;
    const asked = monotonic();
    try {
      if (await store.renew(lease)) trustedUntil = asked + store.ttl * TRUSTED_SHARE;
      else lost = true;
    } catch {
      // Unreachable is not lost: the lease is trusted until its time is up.
    }
    return isHeld();
  };
  return {
    fence: lease.fence,
    isHeld,
    renew() {
      renewing ??= ask().finally(() => {
        renewing = null;
      });
      return renewing;
    },
    async release() {
      // A renewal on its way would give the lease another life behind the release.
      await renewing;
      if (isHeld()) await store.release(lease);
      lost = true;
    },
  };
}

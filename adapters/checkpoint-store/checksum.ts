import { createHash } from "node:crypto";
import type { Checkpoint } from "#core/ports/checkpoint-store.ts";

/** SHA-256 over a checkpoint with its place, so that neither bytes nor numbers change unseen. */
export function checksumOf(partition: number, { sequence, fence, state }: Checkpoint): string {
  const place = JSON.stringify([partition, sequence, fence]);
  return createHash("sha256").update(place).update("\n").update(state).digest("hex");
}

/** True where a checkpoint must not follow the stored one: its writer is no longer the owner, or behind. */
export function isStale(next: Checkpoint, stored: Pick<Checkpoint, "sequence" | "fence">): boolean {
  return (
    stored.fence > next.fence || (stored.fence === next.fence && stored.sequence > next.sequence)
  );
}

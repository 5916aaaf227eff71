import type { Checkpoint, CheckpointStore } from "#core/ports/checkpoint-store.ts";
import { isStale } from "./checksum.ts";

/** Checkpoints that live as long as their process: for tests. Bytes are copied both ways. */
export function createMemoryCheckpointStore(): CheckpointStore {
  const newest = new Map<number, Checkpoint>();
  const copy = (checkpoint: Checkpoint): Checkpoint => ({
    ...checkpoint,
    state: checkpoint.state.slice(),
  });
  return {
    async save(partition, checkpoint) {
      const stored = newest.get(partition);
      if (stored && isStale(checkpoint, stored)) return "stale";
      newest.set(partition, copy(checkpoint));
      return "saved";
    },
    async load(partition) {
      const stored = newest.get(partition);
      return stored ? copy(stored) : null;
    },
    async close() {},
  };
}

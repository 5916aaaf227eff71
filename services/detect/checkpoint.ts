import { deserialize, serialize } from "node:v8";
import type { PartitionState } from "#core/pipeline/state.ts";
import { createPartitionState } from "#core/pipeline/state.ts";
import type { Checkpoint, CheckpointStore } from "#core/ports/checkpoint-store.ts";
import type { Unwritten } from "./series-writer.ts";

/** Shape of the stored state; another one means it is rebuilt from the log. */
const SCHEMA = 8;

/** A partition as a checkpoint holds it: the state, and what the series store has not got yet. */
export interface PartitionSnapshot {
  state: PartitionState;
  unwritten: Unwritten;
}

export function packSnapshot(snapshot: PartitionSnapshot, fence: number): Checkpoint {
  const state = serialize({ schema: SCHEMA, ...snapshot });
  return { sequence: snapshot.state.sequence, fence, state };
}

/** The newest usable snapshot of a partition; an empty one where there is none, to fold the log from its start. */
export async function loadSnapshot(
  store: CheckpointStore,
  partition: number,
): Promise<PartitionSnapshot> {
  const checkpoint = await store.load(partition);
  const stored = checkpoint && unpack(checkpoint.state);
  if (stored?.schema === SCHEMA) return { state: stored.state, unwritten: stored.unwritten };
  return { state: createPartitionState(), unwritten: { rollups: [], bands: [] } };
}

/** Null where this Node cannot read what another one wrote. */
function unpack(bytes: Uint8Array): (PartitionSnapshot & { schema: number }) | null {
  try {
    return deserialize(bytes) as PartitionSnapshot & { schema: number };
  } catch {
    return null;
  }
}

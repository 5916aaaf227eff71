import type { KV } from "nats";
import type { Checkpoint, CheckpointStore } from "#core/ports/checkpoint-store.ts";
import type { Nats } from "#adapters/nats/connection.ts";
import { API, apiCode } from "#adapters/nats/errors.ts";
import { partitionToken } from "#adapters/nats/subjects.ts";
import { reaching } from "#adapters/nats/unreachable.ts";
import { isStale } from "./checksum.ts";
import {
  deleteSnapshot,
  listSnapshots,
  readSnapshot,
  type Snapshot,
  writeSnapshot,
} from "./nats-snapshot.ts";

const GENERATIONS = 2;
const LOADS = 3;

/** Which snapshots of a partition count, the newest first. It moves by compare-and-set alone. */
interface Pointer {
  revision: number;
  generations: Snapshot[];
}

/** Checkpoints in JetStream: bytes in a stream, a pointer to the two newest in a bucket. */
export async function createNatsCheckpointStore(nats: Nats): Promise<CheckpointStore> {
  const pointers = await nats.js.views.kv(nats.names.checkpoints, {
    bindOnly: true,
    allow_direct: false,
  });
  /** Fence under which each partition was looked through for what owners before left behind. */
  const swept = new Map<number, number>();

  async function save(partition: number, checkpoint: Checkpoint): Promise<"saved" | "stale"> {
    let written: Snapshot | null = null;
    for (;;) {
      const pointer = await readPointer(pointers, partition);
      const kept = await withoutBlockingDamage(nats, partition, pointer.generations, checkpoint);
      if (kept[0] && isStale(checkpoint, kept[0])) {
        const own = written?.name;
        if (own !== undefined && !pointer.generations.some(({ name }) => name === own)) {
          await deleteSnapshot(nats, partition, own);
        }
        return "stale";
      }
      written ??= await writeSnapshot(nats, partition, checkpoint);
      const { name } = written;
      const others = kept.filter((other) => other.name !== name);
      const generations = [written, ...others].slice(0, GENERATIONS);
      if (!(await movePointer(pointers, partition, { ...pointer, generations }))) continue;
      await forget(partition, checkpoint.fence, pointer.generations, generations);
      return "saved";
    }
  }

  /** Deletes what the pointer let go of and, once per owner, what owners before never pointed to. */
  async function forget(
    partition: number,
    fence: number,
    before: readonly Snapshot[],
    now: readonly Snapshot[],
  ): Promise<void> {
    const names = new Set(now.map(({ name }) => name));
    const left = before.map(({ name }) => name);
    if (swept.get(partition) !== fence) {
      const all = await listSnapshots(nats, partition).catch(() => []);
      // A lower fence can no longer move the pointer; one of our own may be about to.
      left.push(...all.filter((name) => Number(name.split("-")[1]) < fence));
      swept.set(partition, fence);
    }
    for (const name of new Set(left)) {
      if (!names.has(name)) await deleteSnapshot(nats, partition, name);
    }
  }

  async function load(partition: number): Promise<Checkpoint | null> {
    let seen = -1;
    for (let i = 0; i < LOADS; i++) {
      const { revision, generations } = await readPointer(pointers, partition);
      // An owner that goes on saving may delete what is being read; then the pointer has moved.
      if (revision === seen) break;
      seen = revision;
      for (const snapshot of generations) {
        const checkpoint = await readSnapshot(nats, partition, snapshot);
        if (checkpoint) return checkpoint;
      }
    }
    return null;
  }

  return {
    save: (partition, checkpoint) => {
      // Bytes are sent while the caller may go on using its own.
      const copy = { ...checkpoint, state: checkpoint.state.slice() };
      return reaching(nats, () => save(partition, copy));
    },
    load: (partition) => reaching(nats, () => load(partition)),
    async close() {},
  };
}

/**
 * The generations to compare with. The newest, where it would refuse the checkpoint, is looked at
 * first and left out where it is damaged: whoever fell back behind it must be able to save again.
 */
async function withoutBlockingDamage(
  nats: Nats,
  partition: number,
  generations: readonly Snapshot[],
  checkpoint: Checkpoint,
): Promise<readonly Snapshot[]> {
  const [newest, ...older] = generations;
  if (!newest || !isStale(checkpoint, newest)) return generations;
  if (await readSnapshot(nats, partition, newest)) return generations;
  return withoutBlockingDamage(nats, partition, older, checkpoint);
}

async function readPointer(pointers: KV, partition: number): Promise<Pointer> {
  const entry = await pointers.get(partitionToken(partition));
  if (!entry) return { revision: 0, generations: [] };
  return { revision: entry.revision, generations: entry.json<Snapshot[]>() };
}

/** False where somebody else moved it first. */
async function movePointer(
  pointers: KV,
  partition: number,
  { revision, generations }: Pointer,
): Promise<boolean> {
  const key = partitionToken(partition);
  const value = JSON.stringify(generations);
  try {
    await pointers.put(key, value, { previousSeq: revision });
    return true;
  } catch (error) {
    if (apiCode(error) === API.wrongLastSequence) return false;
    throw error;
  }
}

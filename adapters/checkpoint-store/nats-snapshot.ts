import type { Checkpoint } from "#core/ports/checkpoint-store.ts";
import type { Nats } from "#adapters/nats/connection.ts";
import { directGet } from "#adapters/nats/direct-get.ts";
import { publish } from "#adapters/nats/publish.ts";
import { lastTokens, partitionToken } from "#adapters/nats/subjects.ts";
import { checksumOf } from "./checksum.ts";

const CHUNK = 128 * 1024;
const CHUNKS_AT_ONCE = 32;
const READS = 3;
const REREAD_AFTER = 300;

/** Where the bytes of a checkpoint lie, and how to tell that they are whole. */
export interface Snapshot {
  /** `<sequence>-<fence>-<start of the checksum>`: the same checkpoint has the same name. */
  name: string;
  sequence: number;
  fence: number;
  checksum: string;
  size: number;
  /** Stream sequence of the first chunk; 0 where there is none. */
  first: number;
}

/**
 * Writes a checkpoint's bytes, chunk by chunk. A stream of our own rather than the client's object
 * store: that one hashes in script, on the thread that renews leases, and waits for ever for a chunk
 * that is gone.
 */
export async function writeSnapshot(
  nats: Nats,
  partition: number,
  checkpoint: Checkpoint,
): Promise<Snapshot> {
  const { sequence, fence, state } = checkpoint;
  const checksum = checksumOf(partition, checkpoint);
  const name = `${sequence}-${fence}-${checksum.slice(0, 12)}`;
  const subject = subjectOf(nats, partition, name);
  let first = 0;
  for (let start = 0; start < state.length; start += CHUNK) {
    const chunk = state.subarray(start, start + CHUNK);
    const answer = await publish(nats, subject, chunk);
    if (first === 0 && answer.stored) first = answer.sequence;
  }
  return { name, sequence, fence, checksum, size: state.length, first };
}

/** The checkpoint, or null where its bytes are damaged or gone. */
export async function readSnapshot(
  nats: Nats,
  partition: number,
  snapshot: Snapshot,
): Promise<Checkpoint | null> {
  const { sequence, fence, checksum, size } = snapshot;
  for (let read = 1; read <= READS; read++) {
    const state = await readBytes(nats, partition, snapshot);
    const checkpoint = { sequence, fence, state };
    if (state.length >= size) {
      return checksumOf(partition, checkpoint) === checksum ? checkpoint : null;
    }
    // A replica that lags may not have the last chunks yet.
    if (read < READS) await new Promise((resolve) => setTimeout(resolve, REREAD_AFTER));
  }
  return null;
}

/** Lets go of a snapshot's bytes. What cannot be deleted now is found by the next owner. */
export async function deleteSnapshot(nats: Nats, partition: number, name: string): Promise<void> {
  const filter = subjectOf(nats, partition, name);
  await nats.jsm.streams.purge(nats.names.snapshots, { filter }).catch(() => {});
}

/** Names of all snapshots of a partition that have bytes. */
export async function listSnapshots(nats: Nats, partition: number): Promise<string[]> {
  const { state } = await nats.jsm.streams.info(nats.names.snapshots, {
    subjects_filter: subjectOf(nats, partition, "*"),
  });
  return Object.keys(state.subjects ?? {}).flatMap((subject) => lastTokens(subject, 1));
}

async function readBytes(
  nats: Nats,
  partition: number,
  { name, size, first }: Snapshot,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let got = 0;
  let next = first;
  while (got < size) {
    const messages = await directGet(nats, {
      stream: nats.names.snapshots,
      filter: subjectOf(nats, partition, name),
      from: { sequence: next },
      count: CHUNKS_AT_ONCE,
    });
    const last = messages.at(-1);
    if (!last) break;
    for (const { data } of messages) {
      chunks.push(data);
      got += data.length;
    }
    next = last.sequence + 1;
  }
  return Buffer.concat(chunks).subarray(0, size);
}

function subjectOf(nats: Nats, partition: number, name: string): string {
  return nats.names.subject("snapshot", partitionToken(partition), name);
}

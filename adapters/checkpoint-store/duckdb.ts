import { blobValue, type DuckDBConnection } from "@duckdb/node-api";
import type { Checkpoint, CheckpointStore } from "#core/ports/checkpoint-store.ts";
import type { Database, Row } from "#adapters/duckdb/connection.ts";
import { asBytes, asNumber, asText } from "#adapters/duckdb/values.ts";
import { checksumOf, isStale } from "./checksum.ts";

/** Checkpoints in the data file: the two newest generations of each partition. */
export function createDuckDbCheckpointStore(database: Database): CheckpointStore {
  return {
    save: (partition, checkpoint) =>
      database.transaction(async (writer) => {
        const newest = await newestUnlessBlockedByDamage(writer, partition, checkpoint);
        if (newest && isStale(checkpoint, newest)) return "stale";
        await insert(writer, partition, (newest?.generation ?? 0) + 1, checkpoint);
        return "saved";
      }),
    async load(partition) {
      const rows = await database.read(
        `SELECT sequence, fence, checksum, state FROM checkpoint
         WHERE part = $partition ORDER BY generation DESC`,
        { partition },
      );
      return rows.map((row) => intact(partition, row)).find((found) => found !== null) ?? null;
    },
    async close() {},
  };
}

interface Stored {
  generation: number;
  sequence: number;
  fence: number;
}

/**
 * The newest generation to compare with. One that would refuse the checkpoint is looked at first and
 * deleted where it is damaged: whoever fell back behind it must be able to save again.
 */
async function newestUnlessBlockedByDamage(
  writer: DuckDBConnection,
  partition: number,
  checkpoint: Checkpoint,
): Promise<Stored | null> {
  const result = await writer.run(
    `SELECT generation, sequence, fence FROM checkpoint
     WHERE part = $partition ORDER BY generation DESC`,
    { partition },
  );
  for (const row of await result.getRows()) {
    const [generation = 0, sequence = 0, fence = 0] = row.map(asNumber);
    const stored = { generation, sequence, fence };
    if (!isStale(checkpoint, stored) || (await isIntact(writer, partition, generation)))
      return stored;
    await writer.run(
      "DELETE FROM checkpoint WHERE part = $partition AND generation = $generation",
      {
        partition,
        generation,
      },
    );
  }
  return null;
}

async function isIntact(
  writer: DuckDBConnection,
  partition: number,
  generation: number,
): Promise<boolean> {
  const result = await writer.run(
    `SELECT sequence, fence, checksum, state FROM checkpoint
     WHERE part = $partition AND generation = $generation`,
    { partition, generation },
  );
  const [row] = await result.getRows();
  return row !== undefined && intact(partition, row) !== null;
}

async function insert(
  writer: DuckDBConnection,
  partition: number,
  generation: number,
  checkpoint: Checkpoint,
): Promise<void> {
  await writer.run("DELETE FROM checkpoint WHERE part = $partition AND generation < $kept", {
    partition,
    kept: generation - 1,
  });
  await writer.run(
    "INSERT INTO checkpoint VALUES ($partition, $generation, $sequence, $fence, $checksum, $state)",
    {
      partition,
      generation,
      sequence: checkpoint.sequence,
      fence: checkpoint.fence,
      checksum: checksumOf(partition, checkpoint),
      state: blobValue(checkpoint.state),
    },
  );
}

function intact(partition: number, [sequence, fence, checksum, state]: Row): Checkpoint | null {
  const checkpoint = {
    sequence: asNumber(sequence),
    fence: asNumber(fence),
    state: asBytes(state),
  };
  return checksumOf(partition, checkpoint) === asText(checksum) ? checkpoint : null;
}

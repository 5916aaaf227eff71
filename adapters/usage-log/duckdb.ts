import { MeterhoundError, messageOf } from "#core/errors.ts";
import { decodeEntry, encodeEntry } from "#core/log-entry.ts";
import { PARTITIONS } from "#core/partition.ts";
import type { LogEntry } from "#core/pipeline/fold.ts";
import type { Batch, NewEntry, UsageLog } from "#core/ports/usage-log.ts";
import { appendRows } from "#adapters/duckdb/append-rows.ts";
import type { Database, Row } from "#adapters/duckdb/connection.ts";
import { createGroupCommit } from "#adapters/duckdb/group-commit.ts";
import { readAhead } from "#adapters/duckdb/read-ahead.ts";
import { asNumber, asTextOrNull } from "#adapters/duckdb/values.ts";
import { readUsageRange } from "./duckdb-range.ts";
import { createBell, follow } from "./follow.ts";
import { refusePartition } from "./partition-check.ts";

const PAGE = 2_000;

/** A row as it waits for its sequence: part, at_ms, id, tenant, kind, body. */
type WaitingRow = readonly [number, number, string | null, string | null, string, string | null];

/**
 * The usage log in the data file. It gives the sequences, so there is one per database. One counter
 * serves all partitions: a partition's own sequences have gaps.
 */
export async function createDuckDbUsageLog(
  database: Database,
  partitions: number = PARTITIONS,
): Promise<UsageLog> {
  const heads = new Map<number, number>();
  for (const [part, seq] of await database.read(
    "SELECT part, max(seq) FROM usage_log GROUP BY part",
  )) {
    heads.set(asNumber(part), asNumber(seq));
  }
  let sequence = Math.max(0, ...heads.values());
  let closed = false;
  const bells = Array.from({ length: partitions }, createBell);

  const group = createGroupCommit<readonly WaitingRow[]>(async (calls) => {
    const touched = new Map<number, number>();
    const rows = calls.flat().map(([part, at, ...rest]) => {
      sequence += 1;
      touched.set(part, sequence);
      return [part, BigInt(sequence), BigInt(at), ...rest];
    });
    await database.transaction((writer) => appendRows(writer, "usage_log", rows));
    for (const [part, head] of touched) {
      heads.set(part, head);
      bells[part]!.ring();
    }
  });

  async function read(partition: number, after: number, limit: number): Promise<LogEntry[]> {
    const head = heads.get(partition) ?? 0;
    const rows = await readAhead(
      { after, head, limit, span: limit * partitions },
      (from, to, count) =>
        database.read(
          `SELECT seq, at_ms, body FROM usage_log
           WHERE part = $partition AND seq > $from AND seq <= $to ORDER BY seq LIMIT $count`,
          { partition, from, to, count },
        ),
    );
    return rows.map(toEntry);
  }

  return {
    partitions,
    async append(batches) {
      const rows = batches.flatMap((batch) => toRows(batch, partitions));
      if (rows.length === 0) return;
      try {
        if (closed) throw new Error("it was closed");
        await group.submit(rows);
      } catch (cause) {
        throw new MeterhoundError("MH_LOG_UNAVAILABLE", { problem: messageOf(cause) }, { cause });
      }
    },
    read,
    readAndTail(partition, after, signal) {
      refusePartition(partition, partitions);
      return follow((cursor) => read(partition, cursor, PAGE), after, bells[partition]!, signal);
    },
    readRange: (from, to, text) => readUsageRange(database, { from, to, until: sequence, text }),
    async close() {
      closed = true;
      await group.drained();
      for (const bell of bells) bell.close();
    },
  };
}

function toRows({ partition, entries }: Batch, partitions: number): WaitingRow[] {
  refusePartition(partition, partitions);
  return entries.map((entry) => toRow(partition, entry));
}

function toRow(partition: number, entry: NewEntry): WaitingRow {
  const body = encodeEntry(entry);
  return entry.kind === "event"
    ? [partition, entry.at, entry.event.id, entry.event.tenant, entry.kind, body]
    : [partition, entry.at, null, null, entry.kind, body];
}

function toEntry([seq, at, body]: Row): LogEntry {
  return decodeEntry(asNumber(seq), asNumber(at), asTextOrNull(body));
}

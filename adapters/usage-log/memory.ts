import { MeterhoundError } from "#core/errors.ts";
import { decodeEntry, encodedText, encodeEntry } from "#core/log-entry.ts";
import { PARTITIONS } from "#core/partition.ts";
import type { LogEntry } from "#core/pipeline/fold.ts";
import type { UsageLog } from "#core/ports/usage-log.ts";
import { createBell, follow } from "./follow.ts";
import { refusePartition } from "./partition-check.ts";

const PAGE = 2_000;

interface Stored {
  sequence: number;
  kind: LogEntry["kind"];
  at: number;
  id: string;
  body: string | null;
}

/** A usage log that lives as long as its process: for tests and for replaying files. Bodies are kept as text, so that no reader shares an object with another. */
export function createMemoryUsageLog(partitions: number = PARTITIONS): UsageLog {
  const logs = Array.from({ length: partitions }, (): Stored[] => []);
  const bells = Array.from({ length: partitions }, createBell);
  let sequence = 0;
  let closed = false;

  function read(partition: number, after: number, limit: number): Promise<LogEntry[]> {
    const log = logs[partition] ?? [];
    const start = firstAbove(log, after);
    return Promise.resolve(log.slice(start, start + limit).map(toEntry));
  }

  return {
    partitions,
    async append(batches) {
      if (closed) throw new MeterhoundError("MH_LOG_UNAVAILABLE", { problem: "it was closed" });
      for (const { partition } of batches) refusePartition(partition, partitions);
      const encoded = batches.map(({ partition, entries }) => ({
        partition,
        rows: entries.map((entry) => ({
          kind: entry.kind,
          at: entry.at,
          id: entry.kind === "event" ? entry.event.id : "",
          body: encodeEntry(entry),
        })),
      }));
      for (const { partition, rows } of encoded) {
        for (const row of rows) logs[partition]!.push({ sequence: ++sequence, ...row });
        if (rows.length > 0) bells[partition]!.ring();
      }
    },
    read,
    readAndTail(partition, after, signal) {
      refusePartition(partition, partitions);
      return follow((cursor) => read(partition, cursor, PAGE), after, bells[partition]!, signal);
    },
    async *readRange(from, to, text) {
      const wanted = text === undefined ? "" : encodedText(text);
      const rows = logs
        .flat()
        .filter(({ at, kind }) => kind === "event" && at >= from && at < to)
        .filter(({ body }) => body!.includes(wanted));
      rows.sort((a, b) => a.at - b.at || compareBytes(a.id, b.id) || a.sequence - b.sequence);
      for (let start = 0; start < rows.length; start += PAGE) {
        yield rows.slice(start, start + PAGE).map(toEntry);
      }
    },
    async close() {
      closed = true;
      for (const bell of bells) bell.close();
    },
  };
}

function toEntry({ sequence, at, body }: Stored): LogEntry {
  return decodeEntry(sequence, at, body);
}

function firstAbove(log: readonly Stored[], sequence: number): number {
  let low = 0;
  let high = log.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (log[middle]!.sequence > sequence) high = middle;
    else low = middle + 1;
  }
  return low;
}

function compareBytes(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}

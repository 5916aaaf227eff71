import { resolve } from "node:path";
import type { DuckDBConnection, DuckDBValue } from "@duckdb/node-api";
import { MeterhoundError, messageOf } from "#core/errors.ts";
import { checkpointIfDue } from "./checkpoint.ts";
import { migrate } from "./migrations.ts";
import { createQueue, holdAll } from "./queue.ts";
import { openSession, type Session } from "./session.ts";

const READERS = 2;

export type Row = readonly DuckDBValue[];
export type Values = Record<string, DuckDBValue>;

/** The one data file of an installation, shared by the embedded adapters. */
export interface Database {
  readonly file: string;
  /** Runs `work` in one transaction on the only writer; durable when resolved, nothing kept when rejected. */
  transaction<T>(work: (writer: DuckDBConnection) => Promise<T>): Promise<T>;
  /** Reads what is committed, beside the writer. Integers as numbers bind as BIGINT, which keeps zone maps in use. */
  read(sql: string, values?: Values): Promise<Row[]>;
  /** Finishes what was asked for, then gives the file free. */
  close(): Promise<void>;
}

/**
 * Files this process has open. DuckDB would open one twice, and closing either would drop the lock
 * that keeps other processes out, for POSIX locks belong to the process.
 */
const opened = new Set<string>();

/** Opens `<dir>/meterhound.duckdb`, made where missing. Throws MH_DATA_IN_USE, MH_DATA_UNWRITABLE. */
export async function openDatabase(dir: string): Promise<Database> {
  const file = resolve(dir, "meterhound.duckdb");
  if (opened.has(file)) throw new MeterhoundError("MH_DATA_IN_USE", { dir, pid: process.pid });
  opened.add(file);
  try {
    const session = await openSession(file, READERS);
    try {
      await migrate(session.writer, dir);
    } catch (error) {
      session.close();
      throw error;
    }
    return createDatabase(dir, file, session);
  } catch (error) {
    opened.delete(file);
    throw error;
  }
}

function createDatabase(dir: string, file: string, first: Session): Database {
  let session: Session | null = first;
  let closed = false;
  const writing = createQueue();
  const reading = Array.from({ length: READERS }, createQueue);

  /** A fatal error (a checkpoint on a full disk) leaves an instance that refuses everything; what was committed is safe. */
  async function reopen(): Promise<void> {
    await holdAll(reading, async () => {
      session?.close();
      session = null;
      session = await openSession(file, READERS);
    });
  }

  async function guarded<T>(work: (session: Session) => Promise<T>): Promise<T> {
    if (!session) await reopen();
    try {
      return await work(session!);
    } catch (error) {
      // Where reopening fails too, the next call tries again.
      if (isFatal(error)) await reopen().catch(() => undefined);
      throw error;
    }
  }

  const refuseWhenClosed = (): void => {
    if (closed) throw new MeterhoundError("MH_DATA_UNWRITABLE", { dir, problem: "it was closed" });
  };

  return {
    file,
    async transaction(work) {
      refuseWhenClosed();
      const result = await writing.run(() => guarded(({ writer }) => transact(writer, work)));
      if (!closed) {
        // Not waited for: it keeps the next transaction waiting, never the caller of this one.
        void writing
          .run(() => guarded(({ writer }) => checkpointIfDue(file, writer)))
          .catch(() => undefined);
      }
      return result;
    },
    async read(sql, values) {
      refuseWhenClosed();
      const lane = reading.reduce(
        (best, q, i) => (q.length() < reading[best]!.length() ? i : best),
        0,
      );
      return reading[lane]!.run(async () => {
        if (!session)
          throw new MeterhoundError("MH_DATA_UNWRITABLE", { dir, problem: "it is not open" });
        const result = await session.readers[lane]!.run(sql, values);
        return result.getRows();
      });
    },
    async close() {
      if (closed) return;
      closed = true;
      await writing.run(() =>
        holdAll(reading, async () => {
          session?.close();
          session = null;
          opened.delete(file);
        }),
      );
    },
  };
}

async function transact<T>(
  writer: DuckDBConnection,
  work: (writer: DuckDBConnection) => Promise<T>,
): Promise<T> {
  await writer.run("BEGIN");
  try {
    const result = await work(writer);
    await writer.run("COMMIT");
    return result;
  } catch (error) {
    // A COMMIT that failed has rolled back already; then this says so, which is no news.
    await writer.run("ROLLBACK").catch(() => undefined);
    throw error;
  }
}

function isFatal(error: unknown): boolean {
  return messageOf(error).startsWith("FATAL");
}

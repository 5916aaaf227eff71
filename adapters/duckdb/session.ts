import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { MeterhoundError, messageOf } from "#core/errors.ts";

const SETTINGS = {
  memory_limit: "512MB",
  threads: "2",
  // Checkpoints are ours to start: one that fails inside a COMMIT reports the durable commit as failed.
  checkpoint_threshold: "1TB",
  auto_checkpoint_skip_wal_threshold: "1000000000000",
};

/**
 * Rows that are compressed together. A checkpoint writes the last, unfinished group anew, and with
 * DuckDB's own 122,880 rows of events that stops the writer for seconds.
 */
const ROW_GROUP_SIZE = 16_384;

/** One opened file: the only connection that writes, and those that read beside it. */
export interface Session {
  writer: DuckDBConnection;
  readers: readonly DuckDBConnection[];
  close(): void;
}

/** Opens the file and locks the settings. Throws MH_DATA_IN_USE, MH_DATA_UNWRITABLE. */
export async function openSession(file: string, readers: number): Promise<Session> {
  let instance: DuckDBInstance | undefined;
  try {
    await mkdir(dirname(file), { recursive: true });
    instance = await DuckDBInstance.create(":memory:", SETTINGS);
    return await attach(instance, file, readers);
  } catch (error) {
    instance?.closeSync();
    throw openError(dirname(file), error);
  }
}

async function attach(instance: DuckDBInstance, file: string, readers: number): Promise<Session> {
  const writer = await instance.connect();
  // ATTACH takes no bound parameter. The path is the operator's own, quoted as SQL wants it.
  const path = `'${file.replaceAll("'", "''")}'`;
  await writer.run(`ATTACH ${path} AS data (ROW_GROUP_SIZE ${ROW_GROUP_SIZE})`);
  await writer.run("SET enable_external_access = false");
  await writer.run("SET lock_configuration = true");
  const connections = [writer];
  while (connections.length <= readers) connections.push(await instance.connect());
  for (const connection of connections) await connection.run("USE data");
  return {
    writer,
    readers: connections.slice(1),
    close() {
      for (const connection of connections) connection.disconnectSync();
      instance.closeSync();
    },
  };
}

function openError(dir: string, cause: unknown): MeterhoundError {
  const problem = messageOf(cause);
  const isLocked = problem.includes("Could not set lock");
  const pid = /\(PID (\d+)\)/.exec(problem)?.[1] ?? "unknown";
  return isLocked
    ? new MeterhoundError("MH_DATA_IN_USE", { dir, pid }, { cause })
    : new MeterhoundError("MH_DATA_UNWRITABLE", { dir, problem }, { cause });
}

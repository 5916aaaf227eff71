import { stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";

/** Bytes of write-ahead log that are folded into the file at once. */
const DUE = 16 * 1024 * 1024;

/**
 * Folds the write-ahead log into the data file once it is large. Left for later where the disk is
 * nearly full: commits then fail one by one and say so, while a checkpoint that fails half-way takes
 * the whole instance down.
 */
export async function checkpointIfDue(file: string, writer: DuckDBConnection): Promise<void> {
  const size = await walSize(file);
  if (size < DUE) return;
  const { bavail, bsize } = await statfs(dirname(file));
  if (bavail * bsize < 4 * size) return;
  await writer.run("CHECKPOINT");
}

async function walSize(file: string): Promise<number> {
  try {
    return (await stat(`${file}.wal`)).size;
  } catch {
    // No file: nothing was written since the last checkpoint.
    return 0;
  }
}

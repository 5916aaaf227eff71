import type { DuckDBConnection } from "@duckdb/node-api";
import { appendRows } from "./append-rows.ts";
import type { Row } from "./connection.ts";

/** A table with a primary key: names of the program, never of its input. */
export interface KeyedTable {
  name: string;
  key: readonly string[];
  values: readonly string[];
}

/**
 * Writes rows (key, then values), each replacing the one of its key. They go through a temporary
 * table, for the appender cannot replace. No key may come twice.
 */
export async function upsertRows(
  writer: DuckDBConnection,
  { name, key, values }: KeyedTable,
  rows: readonly Row[],
): Promise<void> {
  const staged = `staged_${name}`;
  const columns = [...key, ...values].join(", ");
  await writer.run(
    `CREATE TEMP TABLE IF NOT EXISTS ${staged} AS SELECT ${columns} FROM ${name} LIMIT 0`,
  );
  await appendRows(writer, staged, rows);
  await writer.run(
    `INSERT INTO ${name} (${columns}) SELECT ${columns} FROM ${staged}
     ON CONFLICT (${key.join(", ")})
     DO UPDATE SET ${values.map((value) => `${value} = excluded.${value}`).join(", ")}`,
  );
  await writer.run(`DELETE FROM ${staged}`);
}

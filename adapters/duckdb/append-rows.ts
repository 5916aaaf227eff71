import { setImmediate as nextTurn } from "node:timers/promises";
import {
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBValue,
} from "@duckdb/node-api";

/** Appending holds up the event loop, about 2 ms for so many rows of 500 bytes. */
const ROWS_PER_TURN = 1_000;

/** Appends rows to a table within the transaction of `writer`; they roll back with it. */
export async function appendRows(
  writer: DuckDBConnection,
  table: string,
  rows: readonly (readonly DuckDBValue[])[],
): Promise<void> {
  const appender = await writer.createAppender(table);
  try {
    const types = Array.from({ length: appender.columnCount }, (_, i) => appender.columnType(i));
    for (let from = 0; from < rows.length; from += ROWS_PER_TURN) {
      if (from > 0) await nextTurn();
      const chunk = DuckDBDataChunk.create(types);
      chunk.setRows(rows.slice(from, from + ROWS_PER_TURN));
      appender.appendDataChunk(chunk);
      appender.flushSync();
    }
  } catch (error) {
    discard(appender);
    throw error;
  }
  appender.closeSync();
}

/** Without this the rows left in it would be written when it is collected, outside of any transaction. */
function discard(appender: DuckDBAppender): void {
  appender.clear();
  appender.closeSync();
}

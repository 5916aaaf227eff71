import { type DuckDBConnection, listValue } from "@duckdb/node-api";
import type { FindingEntry } from "#core/finding/finding-log.ts";
import type { FindingLog, PlacedEntry } from "#core/ports/finding-log.ts";
import { appendRows } from "#adapters/duckdb/append-rows.ts";
import type { Database, Row } from "#adapters/duckdb/connection.ts";
import { readAhead } from "#adapters/duckdb/read-ahead.ts";
import { asNumber, asText } from "#adapters/duckdb/values.ts";
import { createBell, follow } from "#adapters/usage-log/follow.ts";
import { predecessorOf } from "./human-entry.ts";

const PAGE = 1_000;

/** The finding log in the data file. It gives the sequences, so there is one per database. */
export async function createDuckDbFindingLog(database: Database): Promise<FindingLog> {
  const [newest] = await database.read("SELECT coalesce(max(seq), 0) FROM finding_log");
  let head = asNumber(newest?.[0]);
  let sequence = head;
  const bell = createBell();

  /** Appends the entries `choose` lets through, in one transaction, and says how many. */
  async function write(
    entries: readonly FindingEntry[],
    choose: (known: ReadonlySet<string>) => readonly FindingEntry[],
    asked: readonly string[],
  ): Promise<number> {
    if (entries.length === 0) return 0;
    const { count, last } = await database.transaction(async (writer) => {
      const rows = choose(await knownAmong(writer, asked)).map((entry) => toRow(++sequence, entry));
      if (rows.length > 0) await appendRows(writer, "finding_log", rows);
      return { count: rows.length, last: sequence };
    });
    if (count > 0) {
      head = last;
      bell.ring();
    }
    return count;
  }

  async function read(after: number, limit: number): Promise<PlacedEntry[]> {
    const rows = await readAhead({ after, head, limit, span: limit }, (from, to, count) =>
      database.read(
        `SELECT seq, body FROM finding_log
         WHERE seq > $from AND seq <= $to ORDER BY seq LIMIT $count`,
        { from, to, count },
      ),
    );
    return rows.map(toPlaced);
  }

  return {
    async create(entries) {
      const byId = new Map(entries.map((entry) => [entry.id, entry]));
      const once = [...byId.values()];
      await write(once, (known) => once.filter(({ id }) => !known.has(id)), [...byId.keys()]);
    },
    async append(entry) {
      const before = predecessorOf(entry);
      const isNext = (known: ReadonlySet<string>): boolean =>
        !known.has(entry.id) && (before === null || known.has(before));
      const asked = before === null ? [entry.id] : [entry.id, before];
      const written = await write([entry], (known) => (isNext(known) ? [entry] : []), asked);
      return written === 1 ? "appended" : "conflict";
    },
    readAndTail: (after, signal) => follow((cursor) => read(cursor, PAGE), after, bell, signal),
    read,
    async close() {
      bell.close();
    },
  };
}

async function knownAmong(
  writer: DuckDBConnection,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const result = await writer.run("SELECT id FROM finding_log WHERE id IN (SELECT unnest($ids))", {
    ids: listValue([...ids]),
  });
  return new Set((await result.getRows()).map(([id]) => asText(id)));
}

function toRow(sequence: number, entry: FindingEntry): Row {
  const { id, finding, tenant, kind } = entry;
  return [BigInt(sequence), id, finding, tenant, kind, JSON.stringify(entry)];
}

function toPlaced([seq, body]: Row): PlacedEntry {
  return { sequence: asNumber(seq), entry: JSON.parse(asText(body)) as FindingEntry };
}

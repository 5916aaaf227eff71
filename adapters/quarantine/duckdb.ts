import type { Quarantine, Quarantined } from "#core/ports/quarantine.ts";
import { appendRows } from "#adapters/duckdb/append-rows.ts";
import type { Database, Row } from "#adapters/duckdb/connection.ts";
import { asNumber, asText, asTextOrNull } from "#adapters/duckdb/values.ts";

/** The quarantine in the data file. It counts the records, so there is one per database. */
export async function createDuckDbQuarantine(database: Database): Promise<Quarantine> {
  const [newest] = await database.read("SELECT coalesce(max(seq), 0) FROM quarantine");
  let sequence = asNumber(newest?.[0]);
  return {
    async put(records) {
      if (records.length === 0) return;
      const rows = records.map((record) => toRow(++sequence, record));
      await database.transaction((writer) => appendRows(writer, "quarantine", rows));
    },
    async list(limit) {
      const rows = await database.read(
        `SELECT received, source, tenant, place, code, path, message, size, record
         FROM quarantine ORDER BY seq DESC LIMIT $limit`,
        { limit },
      );
      return rows.map(toRecord);
    },
    async close() {},
  };
}

function toRow(sequence: number, quarantined: Quarantined): Row {
  const { received, source, tenant, index, code, path, message, size, record } = quarantined;
  return [
    BigInt(sequence),
    received,
    source,
    tenant,
    BigInt(index),
    code,
    path,
    message,
    BigInt(size),
    record,
  ];
}

function toRecord(row: Row): Quarantined {
  const [received, source, tenant, index, code, path, message, size, record] = row;
  return {
    received: asText(received),
    source: asText(source),
    tenant: asTextOrNull(tenant),
    index: asNumber(index),
    code: asText(code),
    path: asText(path),
    message: asText(message),
    size: asNumber(size),
    record: asText(record),
  };
}

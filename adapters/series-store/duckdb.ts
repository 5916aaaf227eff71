import type { SeriesSelection, SeriesStore, SeriesSums } from "#core/ports/series-store.ts";
import type { Database, Row, Values } from "#adapters/duckdb/connection.ts";
import { upsertRows } from "#adapters/duckdb/upsert.ts";
import { asBigInt, asNumber, asText } from "#adapters/duckdb/values.ts";
import { BAND_TABLE, fromBand, toBand } from "./band-table.ts";
import { bandKey, filtersOf, lastOfEachKey, rollupKey, SUMMED_COUNTS } from "./keys.ts";
import { fromRollup, ROLLUP_TABLE, toRollup } from "./rollup-table.ts";

const ROLLUP_COLUMNS = [...ROLLUP_TABLE.key, ...ROLLUP_TABLE.values].join(", ");
const BAND_COLUMNS = [...BAND_TABLE.key, ...BAND_TABLE.values].join(", ");

/** Time series in the data file. */
export function createDuckDbSeriesStore(database: Database): SeriesStore {
  return {
    async writeRollups(rollups) {
      if (rollups.length === 0) return;
      const rows = lastOfEachKey(rollups, rollupKey).map(fromRollup);
      await database.transaction((writer) => upsertRows(writer, ROLLUP_TABLE, rows));
    },
    async writeBands(points) {
      if (points.length === 0) return;
      const rows = lastOfEachKey(points, bandKey).map(fromBand);
      await database.transaction((writer) => upsertRows(writer, BAND_TABLE, rows));
    },
    async timeline(query) {
      const step = { sql: "start - start % $step", isKey: true };
      const rows = await readSums(database, query, step, { step: query.step });
      return rows.map(([start, ...sums]) => ({ start: asNumber(start), ...toSums(sums, query) }));
    },
    async totals(selection) {
      const last = { sql: "max(start) FILTER (calls > 0)", isKey: false };
      const rows = await readSums(database, selection, last, {});
      return rows.map(([last, ...sums]) => ({
        last: typeof last === "bigint" ? asNumber(last) : null,
        ...toSums(sums, selection),
      }));
    },
    async bands(tenant, identity, from, to) {
      const rows = await database.read(
        `SELECT ${BAND_COLUMNS} FROM baseline_band
         WHERE tenant = $tenant AND identity = $identity AND start >= $from AND start < $to
         ORDER BY start, metric`,
        { tenant, identity, from, to },
      );
      return rows.map(toBand);
    },
    async rollups(from, to) {
      const rows = await database.read(
        `SELECT ${ROLLUP_COLUMNS} FROM usage_1m WHERE start >= $from AND start < $to
         ORDER BY start, ${ROLLUP_TABLE.key.join(", ")}`,
        { from, to },
      );
      return rows.map(toRollup);
    },
    async close() {},
  };
}

/** Sums by key, beside a first column that is part of the key or not; ascending. Names of columns are ours, values are bound. */
async function readSums(
  database: Database,
  selection: SeriesSelection,
  first: { sql: string; isKey: boolean },
  parameters: Record<string, number>,
): Promise<Row[]> {
  const { from, to, by } = selection;
  const filters = filtersOf(selection);
  if (filters.some(({ values }) => values.length === 0)) return [];
  const bound: Values = { from, to, ...parameters };
  const narrowed = filters.map(({ name, values }) => {
    const places = values.map((value, i) => {
      bound[`${name}${i}`] = value;
      return `$${name}${i}`;
    });
    return `AND ${name} IN (${places.join(", ")})`;
  });
  const sums = [...SUMMED_COUNTS, "cost"].map((name) => `sum(${name})`);
  const key = [...(first.isKey ? ["first"] : []), ...by].join(", ");
  return database.read(
    `SELECT ${[`${first.sql} AS first`, ...by, ...sums].join(", ")}
     FROM usage_1m WHERE start >= $from AND start < $to ${narrowed.join(" ")}
     ${key ? `GROUP BY ${key} ORDER BY ${key}` : "HAVING count(*) > 0"}`,
    bound,
  );
}

function toSums(row: Row, { by }: SeriesSelection): SeriesSums & { key: string[] } {
  const [calls, errors, input, output, unpriced, cost] = row.slice(by.length);
  return {
    key: row.slice(0, by.length).map(asText),
    calls: asNumber(calls),
    errors: asNumber(errors),
    input_tokens: asNumber(input),
    output_tokens: asNumber(output),
    cost: asBigInt(cost),
    unpriced_calls: asNumber(unpriced),
  };
}

import type { SeriesStore, TimelinePoint } from "#core/ports/series-store.ts";
import type { Database, Row } from "#adapters/duckdb/connection.ts";
import { upsertRows } from "#adapters/duckdb/upsert.ts";
import { asBigInt, asNumber } from "#adapters/duckdb/values.ts";
import { BAND_TABLE, fromBand, toBand } from "./band-table.ts";
import { bandKey, lastOfEachKey, rollupKey, TIMELINE_FILTERS } from "./keys.ts";
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
    async timeline({ tenant, where, from, to, step }) {
      const narrowed = TIMELINE_FILTERS.flatMap((name) => {
        const value = where[name];
        return value === undefined ? [] : [{ name, value }];
      });
      const rows = await database.read(
        `SELECT start - start % $step AS step, sum(calls), sum(cost), sum(unpriced_calls)
         FROM usage_1m
         WHERE tenant = $tenant AND start >= $from AND start < $to
           ${narrowed.map(({ name }) => `AND ${name} = $${name}`).join(" ")}
         GROUP BY step ORDER BY step`,
        {
          tenant,
          from,
          to,
          step,
          ...Object.fromEntries(narrowed.map(({ name, value }) => [name, value])),
        },
      );
      return rows.map(toPoint);
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

function toPoint([start, calls, cost, unpriced]: Row): TimelinePoint {
  return {
    start: asNumber(start),
    calls: asNumber(calls),
    cost: asBigInt(cost),
    unpriced_calls: asNumber(unpriced),
  };
}

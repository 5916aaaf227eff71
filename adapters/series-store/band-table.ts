import type { BandPoint } from "#core/pipeline/outputs.ts";
import type { Row } from "#adapters/duckdb/connection.ts";
import type { KeyedTable } from "#adapters/duckdb/upsert.ts";
import { asNumber, asText } from "#adapters/duckdb/values.ts";

export const BAND_TABLE: KeyedTable = {
  name: "baseline_band",
  key: ["tenant", "identity", "metric", "start"],
  values: ["observed", "expected", "low", "high", "samples"],
};

export function fromBand(point: BandPoint): Row {
  const { tenant, identity, metric, start, observed, expected, low, high, samples } = point;
  return [tenant, identity, metric, BigInt(start), observed, expected, low, high, BigInt(samples)];
}

/** Reads a row in the column order of the table's description. */
export function toBand(row: Row): BandPoint {
  const [tenant, identity, metric, start, observed, expected, low, high, samples] = row;
  return {
    tenant: asText(tenant),
    identity: asText(identity),
    metric: asText(metric) === "calls" ? "calls" : "cost_pico",
    start: asNumber(start),
    observed: asNumber(observed),
    expected: asNumber(expected),
    low: asNumber(low),
    high: asNumber(high),
    samples: asNumber(samples),
  };
}

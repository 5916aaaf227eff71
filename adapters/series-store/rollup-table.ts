import type { Rollup } from "#core/pipeline/rollup.ts";
import type { Row } from "#adapters/duckdb/connection.ts";
import type { KeyedTable } from "#adapters/duckdb/upsert.ts";
import { asBigInt, asNumber, asText } from "#adapters/duckdb/values.ts";
import { ROLLUP_COUNTS, ROLLUP_DIMENSIONS } from "./keys.ts";

export const ROLLUP_TABLE: KeyedTable = {
  name: "usage_1m",
  key: [...ROLLUP_DIMENSIONS, "start", "segment"],
  values: [...ROLLUP_COUNTS, "cost"],
};

export function fromRollup(rollup: Rollup): Row {
  return [
    ...ROLLUP_DIMENSIONS.map((name) => rollup[name]),
    BigInt(rollup.start),
    BigInt(rollup.segment),
    ...ROLLUP_COUNTS.map((name) => BigInt(rollup[name])),
    rollup.cost,
  ];
}

/** Reads a row in the column order of the table's description. */
export function toRollup(row: Row): Rollup {
  const [tenant, identity, credential, model, environment, team, costCenter, ...rest] = row;
  const [start, segment, calls, errors, retries, input, output, cached, unpriced, cost] = rest;
  return {
    tenant: asText(tenant),
    identity: asText(identity),
    credential: asText(credential),
    model: asText(model),
    environment: asText(environment),
    team: asText(team),
    cost_center: asText(costCenter),
    start: asNumber(start),
    segment: asNumber(segment),
    calls: asNumber(calls),
    errors: asNumber(errors),
    retries: asNumber(retries),
    input_tokens: asNumber(input),
    output_tokens: asNumber(output),
    cached_input_tokens: asNumber(cached),
    cost: asBigInt(cost),
    unpriced_calls: asNumber(unpriced),
  };
}

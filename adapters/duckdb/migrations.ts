import type { DuckDBConnection } from "@duckdb/node-api";
import { MeterhoundError, messageOf } from "#core/errors.ts";
import { asNumber } from "./values.ts";

/** Each step of the schema, in order; a step that was released is never changed, only followed by another. */
const STEPS: readonly (readonly string[])[] = [
  [
    // No primary key: its index would hold every event in memory, and one writer gives the sequences.
    `CREATE TABLE usage_log (
      part INTEGER NOT NULL, seq BIGINT NOT NULL, at_ms BIGINT NOT NULL,
      id VARCHAR, tenant VARCHAR, kind VARCHAR NOT NULL, body VARCHAR)`,
    // VARCHAR, not JSON: entries come back as the very bytes that were written.
    `CREATE TABLE finding_log (
      seq BIGINT NOT NULL, id VARCHAR PRIMARY KEY, finding VARCHAR NOT NULL,
      tenant VARCHAR NOT NULL, kind VARCHAR NOT NULL, body VARCHAR NOT NULL)`,
    `CREATE TABLE checkpoint (
      part INTEGER NOT NULL, generation BIGINT NOT NULL, sequence BIGINT NOT NULL,
      fence BIGINT NOT NULL, checksum VARCHAR NOT NULL, state BLOB NOT NULL)`,
    `CREATE TABLE usage_1m (
      tenant VARCHAR, identity VARCHAR, credential VARCHAR, model VARCHAR, environment VARCHAR,
      team VARCHAR, cost_center VARCHAR, start BIGINT, segment BIGINT,
      calls BIGINT NOT NULL, errors BIGINT NOT NULL, retries BIGINT NOT NULL,
      input_tokens BIGINT NOT NULL, output_tokens BIGINT NOT NULL,
      cached_input_tokens BIGINT NOT NULL, cost HUGEINT NOT NULL, unpriced_calls BIGINT NOT NULL,
      PRIMARY KEY (tenant, identity, credential, model, environment, team, cost_center, start, segment))`,
    `CREATE TABLE baseline_band (
      tenant VARCHAR, identity VARCHAR, metric VARCHAR, start BIGINT,
      observed DOUBLE NOT NULL, expected DOUBLE NOT NULL, low DOUBLE NOT NULL,
      high DOUBLE NOT NULL, samples BIGINT NOT NULL,
      PRIMARY KEY (tenant, identity, metric, start))`,
    `CREATE TABLE quarantine (
      seq BIGINT NOT NULL, received VARCHAR NOT NULL, source VARCHAR NOT NULL, tenant VARCHAR,
      place BIGINT NOT NULL, code VARCHAR NOT NULL, path VARCHAR NOT NULL,
      message VARCHAR NOT NULL, size BIGINT NOT NULL, record VARCHAR NOT NULL)`,
  ],
];

/** Brings the schema to this version, all steps or none. Throws MH_DATA_UNWRITABLE, also for a file of a later version. */
export async function migrate(writer: DuckDBConnection, dir: string): Promise<void> {
  try {
    await writer.run("BEGIN");
    await writer.run("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)");
    const found = await writer.run("SELECT coalesce(max(version), 0) FROM schema_version");
    const version = asNumber((await found.getRows())[0]?.[0]);
    if (version > STEPS.length) {
      throw new Error(
        `its schema ${version} is newer than ${STEPS.length}, the one this program knows`,
      );
    }
    for (const [index, statements] of STEPS.entries()) {
      if (index < version) continue;
      for (const statement of statements) await writer.run(statement);
      await writer.run("INSERT INTO schema_version VALUES ($version)", { version: index + 1 });
    }
    await writer.run("COMMIT");
  } catch (cause) {
    const details = { dir, problem: messageOf(cause) };
    throw new MeterhoundError("MH_DATA_UNWRITABLE", details, { cause });
  }
}

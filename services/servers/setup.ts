import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Logger } from "pino";
import { setupInflux } from "#adapters/influx/setup.ts";
import { setUpNats } from "#adapters/nats/setup.ts";
import { PARTITIONS } from "#core/partition.ts";
import type { InfluxSettings, NatsSettings, Settings } from "../config.ts";
import { connect, streamSettings } from "./open.ts";

/** One thing that setup looked after. */
export interface SetupLine {
  what: string;
  did: string;
}

/**
 * Creates what the configured servers must have: streams and buckets at NATS, buckets and scoped
 * tokens at InfluxDB. Safe to run again. New tokens are written into `tokenDir`, each a file only its
 * owner can read. Throws MH_NATS_*, MH_STREAM_MISMATCH, MH_INFLUX_*.
 */
export async function setUpServers(
  { nats, influx }: Settings,
  tokenDir: string | null,
  log: Logger,
): Promise<SetupLine[]> {
  const lines: SetupLine[] = [];
  if (nats) lines.push(...(await setUpStreams(nats, log)));
  if (influx) lines.push(...(await setUpBuckets(influx, tokenDir)));
  return lines;
}

async function setUpStreams(settings: NatsSettings, log: Logger): Promise<SetupLine[]> {
  const nats = await connect(settings, log);
  try {
    return await setUpNats(nats, streamSettings(settings), PARTITIONS);
  } finally {
    await nats.close();
  }
}

async function setUpBuckets(
  { url, org, token, prefix, keep_forever }: InfluxSettings,
  tokenDir: string | null,
): Promise<SetupLine[]> {
  const rotate = tokenDir !== null;
  const setup = { url, org, token, prefix, keepForever: keep_forever, rotate };
  const { buckets, tokens } = await setupInflux(setup);
  const lines: SetupLine[] = buckets.map(({ name, state }) => ({
    what: `bucket ${name}`,
    did: state,
  }));
  if (!tokens || tokenDir === null) return lines;
  mkdirSync(tokenDir, { recursive: true, mode: 0o700 });
  for (const [role, text] of Object.entries(tokens)) {
    const file = join(tokenDir, `influx_${role}_token`);
    writeFileSync(file, `${text}\n`, { mode: 0o600 });
    lines.push({ what: file, did: "written" });
  }
  return lines;
}

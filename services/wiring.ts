import type { Logger } from "pino";
import { createDuckDbCheckpointStore } from "#adapters/checkpoint-store/duckdb.ts";
import { openDatabase } from "#adapters/duckdb/connection.ts";
import { createDuckDbFindingLog } from "#adapters/finding-log/duckdb.ts";
import { createEmbeddedLeaseStore } from "#adapters/lease-store/embedded.ts";
import { createDuckDbQuarantine } from "#adapters/quarantine/duckdb.ts";
import { createDuckDbSeriesStore } from "#adapters/series-store/duckdb.ts";
import { createDuckDbUsageLog } from "#adapters/usage-log/duckdb.ts";
import { MeterhoundError } from "#core/errors.ts";
import type { CheckpointStore } from "#core/ports/checkpoint-store.ts";
import type { FindingLog } from "#core/ports/finding-log.ts";
import type { Intake } from "#core/ports/intake.ts";
import type { LeaseStore } from "#core/ports/lease-store.ts";
import type { Quarantine } from "#core/ports/quarantine.ts";
import type { SeriesStore } from "#core/ports/series-store.ts";
import type { UsageLog } from "#core/ports/usage-log.ts";
import type { Settings } from "./config.ts";

/** Everything the roles read and write, whatever technology stands behind it. */
export interface Ports {
  usageLog: UsageLog;
  findingLog: FindingLog;
  checkpoints: CheckpointStore;
  series: SeriesStore;
  quarantine: Quarantine;
  leases: LeaseStore;
  /** What gateways publish on the stream; null where there is none. */
  intake: Intake | null;
  close(): Promise<void>;
}

/**
 * Opens what the configuration names: NATS and InfluxDB by their addresses, the data directory for
 * the rest. Throws MH_DATA_IN_USE, MH_DATA_UNWRITABLE, MH_CONFIG_INVALID, MH_NATS_*, MH_STREAM_*.
 */
export async function openPorts(settings: Settings, log: Logger): Promise<Ports> {
  const { nats, influx, data_dir } = settings;
  if (!nats && !influx) return openEmbedded(data_dir);
  const { openInfluxSeries, openNats } = await import("./servers/open.ts");
  if (nats) {
    if (influx) return openNats(nats, openInfluxSeries(influx, log), log);
    const problems = "nats.url: processes that share a stream need influx.url for their series";
    throw new MeterhoundError("MH_CONFIG_INVALID", { problems });
  }
  const ports = await openEmbedded(data_dir);
  return influx ? { ...ports, series: openInfluxSeries(influx, log) } : ports;
}

/** The embedded engine: one DuckDB file behind every port. Throws MH_DATA_IN_USE, MH_DATA_UNWRITABLE. */
export async function openEmbedded(dir: string): Promise<Ports> {
  const database = await openDatabase(dir);
  const ports = {
    usageLog: await createDuckDbUsageLog(database),
    findingLog: await createDuckDbFindingLog(database),
    checkpoints: createDuckDbCheckpointStore(database),
    series: createDuckDbSeriesStore(database),
    quarantine: await createDuckDbQuarantine(database),
    leases: createEmbeddedLeaseStore(),
  };
  return {
    ...ports,
    intake: null,
    async close() {
      for (const port of Object.values(ports)) await port.close();
      await database.close();
    },
  };
}

import { createDuckDbCheckpointStore } from "#adapters/checkpoint-store/duckdb.ts";
import { openDatabase } from "#adapters/duckdb/connection.ts";
import { createDuckDbFindingLog } from "#adapters/finding-log/duckdb.ts";
import { createEmbeddedLeaseStore } from "#adapters/lease-store/embedded.ts";
import { createDuckDbQuarantine } from "#adapters/quarantine/duckdb.ts";
import { createDuckDbSeriesStore } from "#adapters/series-store/duckdb.ts";
import { createDuckDbUsageLog } from "#adapters/usage-log/duckdb.ts";
import type { CheckpointStore } from "#core/ports/checkpoint-store.ts";
import type { FindingLog } from "#core/ports/finding-log.ts";
import type { LeaseStore } from "#core/ports/lease-store.ts";
import type { Quarantine } from "#core/ports/quarantine.ts";
import type { SeriesStore } from "#core/ports/series-store.ts";
import type { UsageLog } from "#core/ports/usage-log.ts";

/** Everything the roles read and write, whatever technology stands behind it. */
export interface Ports {
  usageLog: UsageLog;
  findingLog: FindingLog;
  checkpoints: CheckpointStore;
  series: SeriesStore;
  quarantine: Quarantine;
  leases: LeaseStore;
  close(): Promise<void>;
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
    async close() {
      for (const port of Object.values(ports)) await port.close();
      await database.close();
    },
  };
}

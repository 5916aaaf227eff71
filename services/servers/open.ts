import type { Logger } from "pino";
import { createNatsCheckpointStore } from "#adapters/checkpoint-store/nats.ts";
import { createNatsFindingLog } from "#adapters/finding-log/nats.ts";
import { createInfluxClient } from "#adapters/influx/client.ts";
import { createNatsLeaseStore } from "#adapters/lease-store/nats.ts";
import { checkNats } from "#adapters/nats/check.ts";
import { connectNats, type Nats } from "#adapters/nats/connection.ts";
import { runIntake } from "#adapters/nats/intake.ts";
import { DEFAULT_STREAMS, type StreamSettings } from "#adapters/nats/streams.ts";
import { createNatsQuarantine } from "#adapters/quarantine/nats.ts";
import { createInfluxSeriesStore } from "#adapters/series-store/influx.ts";
import { createNatsUsageLog } from "#adapters/usage-log/nats.ts";
import { PARTITIONS } from "#core/partition.ts";
import type { SeriesStore } from "#core/ports/series-store.ts";
import type { InfluxSettings, NatsSettings } from "../config.ts";
import type { Ports } from "../wiring.ts";

/** Connects to NATS as one of our processes. Throws MH_NATS_UNREACHABLE. */
export function connect(settings: NatsSettings, log: Logger): Promise<Nats> {
  const { url, prefix, user, password, ca } = settings;
  return connectNats({
    servers: url,
    prefix,
    name: `meterhound ${process.pid}`,
    ...(user !== null && { user }),
    ...(password !== null && { password }),
    ...(ca !== null && { ca }),
    report: (event, details) => log.warn({ event, ...details }),
  });
}

/** The streams an installation asks for. */
export function streamSettings(settings: NatsSettings): StreamSettings {
  const { prefix, replicas, max_gigabytes, usage_days, lease_ttl } = settings;
  return {
    ...DEFAULT_STREAMS,
    prefix,
    replicas,
    maxBytes: max_gigabytes * 1024 ** 3,
    usageDays: usage_days,
    leaseTtl: lease_ttl,
  };
}

/** The logs on JetStream, checked against what was asked of `setup`. Throws MH_NATS_*, MH_STREAM_*. */
export async function openNats(
  settings: NatsSettings,
  series: SeriesStore,
  log: Logger,
): Promise<Ports> {
  const nats = await connect(settings, log);
  try {
    await checkNats(nats, streamSettings(settings), PARTITIONS);
    const ports = {
      usageLog: createNatsUsageLog(nats, {
        onRefused: (line) => log.error({ event: "log.refused_line", ...line }),
      }),
      findingLog: createNatsFindingLog(nats),
      checkpoints: await createNatsCheckpointStore(nats),
      quarantine: createNatsQuarantine(nats),
      leases: await createNatsLeaseStore(nats, settings.lease_ttl),
      series,
    };
    return {
      ...ports,
      intake: (handle, signal) =>
        runIntake(
          nats,
          {
            handle,
            onPostponed: ({ tenant, gateway }, reason) =>
              log.warn({ event: "intake.postponed", tenant, gateway, reason }),
          },
          signal,
        ),
      async close() {
        for (const port of Object.values(ports)) await port.close();
        await nats.close();
      },
    };
  } catch (error) {
    await nats.close();
    throw error;
  }
}

/** The series in InfluxDB; nothing is asked of the server before the first write. */
export function openInfluxSeries(settings: InfluxSettings, log: Logger): SeriesStore {
  const { url, org, token, prefix, keep_forever } = settings;
  return createInfluxSeriesStore({
    client: createInfluxClient({ url, org, token }),
    prefix,
    keepForever: keep_forever,
    onDropped: (dropped) => log.error({ event: "series.dropped", ...dropped }),
  });
}

import pino from "pino";
import { connectNats, type Nats } from "#adapters/nats/connection.ts";
import { publish } from "#adapters/nats/publish.ts";
import { createNatsUsageLog } from "#adapters/usage-log/nats.ts";
import { loadConfig, type Settings } from "#services/config.ts";
import { setUpServers } from "#services/servers/setup.ts";
import type { DemoMessage } from "./demo-messages.ts";

/** Where the servers of the bench are. */
export interface Servers {
  nats: string;
  influx: { url: string; org: string; token: string };
}

const SILENT = pino({ level: "silent" });

/** Sets up an installation of its own on the servers: streams and buckets under the prefix, nothing in them. */
export async function createInstallation(servers: Servers, prefix: string): Promise<Settings> {
  const { url, org, token } = servers.influx;
  const settings = await loadConfig({
    env: {
      METERHOUND_NATS__URL: servers.nats,
      METERHOUND_NATS__PREFIX: prefix,
      METERHOUND_NATS__MAX_GIGABYTES: "1",
      METERHOUND_INFLUX__URL: url,
      METERHOUND_INFLUX__ORG: org,
      METERHOUND_INFLUX__TOKEN: token,
      METERHOUND_INFLUX__PREFIX: `${prefix}_`,
      METERHOUND_INFLUX__KEEP_FOREVER: "true",
    },
  });
  await setUpServers(settings, null, SILENT);
  return settings;
}

export function connectTo({ nats }: Settings): Promise<Nats> {
  return connectNats({ servers: nats!.url, prefix: nats!.prefix, name: "bench" });
}

/** Appends the start of the log to every partition, then the messages. Answers how many entries that makes. */
export async function fillLog(nats: Nats, messages: readonly DemoMessage[]): Promise<number> {
  const log = createNatsUsageLog(nats);
  const partitions = Array.from({ length: log.partitions }, (_, partition) => partition);
  await log.append(
    partitions.map((partition) => ({ partition, entries: [{ kind: "start", at: 0 }] })),
  );
  await log.close();
  await publishAll(nats, messages, (partition, tenant) =>
    nats.names.usageSubject(partition, tenant),
  );
  return partitions.length + messages.reduce((sum, { events }) => sum + events, 0);
}

/** Publishes messages as the usage log does: one of a partition is on its way at a time. */
export async function publishAll(
  nats: Nats,
  messages: Iterable<DemoMessage> | AsyncIterable<DemoMessage>,
  subjectOf: (partition: number, tenantToken: string) => string,
): Promise<void> {
  const tails = new Map<number, Promise<void>>();
  const send = async (before: Promise<void> | undefined, message: DemoMessage): Promise<void> => {
    await before;
    const { partition, tenantToken, id, data } = message;
    await publish(nats, subjectOf(partition, tenantToken), data, { id, deadline: Infinity });
  };
  for await (const message of messages) {
    tails.set(message.partition, send(tails.get(message.partition), message));
  }
  await Promise.all(tails.values());
}

/** Subjects beside the usage log, of the same form, that no worker reads. */
export function bareSubject({ names }: Nats): (partition: number, tenantToken: string) => string {
  return (partition, tenantToken) => names.subject("bare", String(partition), tenantToken);
}

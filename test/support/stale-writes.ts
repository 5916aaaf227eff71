import { partitionOf, PARTITIONS } from "#core/partition.ts";
import type { FaultProxy } from "./fault-proxy.ts";
import type { NatsProxy, SeenPublish } from "./nats-proxy.ts";
import type { ServiceProcess } from "./process.ts";
import { partitionLines } from "./worker-log.ts";

/** A worker whose every write passes through our hands. */
export interface WatchedWorker {
  process: ServiceProcess;
  nats: NatsProxy;
  influx: FaultProxy;
}

/** What a worker wrote in a stretch of wall clock: finding entries, checkpoints, points. */
export function writesBetween({ nats, influx }: WatchedWorker, from: number, to: number): string[] {
  const published = nats.seen.filter(({ subject }) => isWrite(subject));
  const points = influx.seen.filter(({ path }) => path.startsWith("/api/v2/write"));
  return [
    ...published.filter(({ at }) => at >= from && at < to).map(({ subject }) => subject),
    ...points.filter(({ at }) => at >= from && at < to).map(({ path }) => path),
  ];
}

/**
 * What a worker wrote after it was resumed under leases that it had lost meanwhile, given by partition
 * and fence: an entry or a point from before it had a lease anew, a checkpoint under an old fence.
 */
export function staleWrites(
  worker: WatchedWorker,
  resumed: number,
  lost: ReadonlyMap<number, number>,
): string[] {
  const since = mayWriteSince(worker, resumed);
  const published = worker.nats.seen
    .filter(({ at, subject }) => at >= resumed && isWrite(subject))
    .filter((seen) => isStale(seen, since, lost))
    .map(({ subject }) => subject);
  const first = Math.min(...since.values());
  const points = worker.influx.seen
    .filter(({ at, path }) => at >= resumed && at < first && path.startsWith("/api/v2/write"))
    .map(({ path }) => path);
  return [...published, ...points];
}

/** Since when it may write a partition again: since the request for the lease that it then got. */
function mayWriteSince({ process, nats }: WatchedWorker, resumed: number): Map<number, number> {
  const since = new Map<number, number>();
  for (const { event, partition, time } of partitionLines(process)) {
    if (event !== "partition.taken" || time < resumed || since.has(partition)) continue;
    const key = `lease.${String(partition).padStart(2, "0")}`;
    const asked = nats.seen.filter(
      ({ at, subject }) => at >= resumed && at <= time && subject.endsWith(key),
    );
    since.set(partition, asked.at(-1)?.at ?? time);
  }
  return since;
}

function isWrite(subject: string): boolean {
  return /\.(finding|snapshot)\.|_CHECKPOINTS\./.test(subject);
}

function isStale(
  { at, subject, data }: SeenPublish,
  since: ReadonlyMap<number, number>,
  lost: ReadonlyMap<number, number>,
): boolean {
  const tokens = subject.split(".");
  if (subject.includes(".finding.")) {
    const { tenant } = JSON.parse(data.slice(data.indexOf("{"))) as { tenant: string };
    return at < (since.get(partitionOf(tenant, PARTITIONS)) ?? Infinity);
  }
  const isSnapshot = subject.includes(".snapshot.");
  const partition = Number(isSnapshot ? tokens.at(-2) : tokens.at(-1));
  const name = isSnapshot ? tokens.at(-1)! : (/"name":"([^"]+)"/.exec(data)?.[1] ?? "");
  return Number(name.split("-")[1]) <= (lost.get(partition) ?? -Infinity);
}

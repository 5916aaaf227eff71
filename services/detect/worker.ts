import type { Logger } from "pino";
import type { Program } from "#core/pipeline/program.ts";
import type { LeaseStore } from "#core/ports/lease-store.ts";
import { SECOND } from "#core/time.ts";
import { createHolding, type LeaseHolding } from "./holding.ts";
import { type DetectPorts, runPartition, type RunningPartition } from "./partition.ts";
import { createTicker } from "./ticker.ts";

/** Folds this process's share of the log's partitions. */
export interface Worker {
  /** The partitions folded now. */
  partitions(): readonly RunningPartition[];
  /** Rejects where a partition cannot go on. */
  failed: Promise<never>;
  /** Lets running batches finish, stores the state and gives the partitions free. */
  stop(): Promise<void>;
}

interface Owned {
  holding: LeaseHolding;
  running: RunningPartition;
  abort: AbortController;
}

const CHECKPOINT_INTERVAL = 10 * SECOND;
const TICK_CHECK = 5 * SECOND;

/** Clocks of the outside: wall time for ticks, a monotonic one for leases. */
export interface Clocks {
  now: () => number;
  monotonic: () => number;
}

/**
 * Takes partitions on lease, up to an equal share of the living workers, and folds them. A third of
 * the lease's life apart it renews, lets go of what it lost, and takes or gives back what the share asks.
 */
export async function startWorker(
  program: Program,
  ports: DetectPorts & { leases: LeaseStore },
  log: Logger,
  { now, monotonic }: Clocks,
): Promise<Worker> {
  const { leases, usageLog } = ports;
  const owned = new Map<number, Owned>();
  let fail: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failed.catch(() => {});

  const take = async (partition: number): Promise<void> => {
    const taken = monotonic();
    const lease = await leases.acquire(partition);
    if (!lease) return;
    const holding = createHolding(lease, leases, monotonic, taken);
    const abort = new AbortController();
    const running = await runPartition(partition, holding, program, ports, log, abort.signal);
    running.stopped.catch(fail);
    owned.set(partition, { holding, running, abort });
    log.info({ event: "partition.taken", partition, fence: lease.fence });
  };
  /** Stops a partition; its state is stored where the lease still holds. */
  const giveBack = async (partition: number, { holding, running, abort }: Owned): Promise<void> => {
    owned.delete(partition);
    abort.abort();
    await running.stopped;
    await running.checkpoint();
    await holding.release();
    log.info({ event: "partition.released", partition, fence: holding.fence });
  };
  const balance = async (): Promise<void> => {
    const workers = await leases.announce();
    for (const [partition, entry] of owned) {
      if (!(await entry.holding.renew())) await giveBack(partition, entry);
    }
    const share = Math.ceil(usageLog.partitions / workers);
    for (const [partition, entry] of [...owned].slice(share)) await giveBack(partition, entry);
    for (let p = 0; p < usageLog.partitions && owned.size < share; p++) {
      if (!owned.has(p)) await take(p);
    }
  };
  const checkpointAll = async (): Promise<void> => {
    for (const { running } of owned.values()) await running.checkpoint();
  };
  const partitions = (): RunningPartition[] => [...owned.values()].map(({ running }) => running);
  const tick = createTicker(usageLog, partitions, now);

  await balance();
  const loops = [
    every(leases.ttl / 3, balance, log, "lease.failed"),
    every(CHECKPOINT_INTERVAL, checkpointAll, log, "checkpoint.failed"),
    every(TICK_CHECK, tick, log, "tick.failed"),
  ];
  return {
    partitions,
    failed,
    async stop() {
      await Promise.all(loops.map((end) => end()));
      for (const [partition, entry] of owned) await giveBack(partition, entry);
    },
  };
}

/** Runs work again and again, never twice at once; the returned function ends it after the running turn. */
function every(
  interval: number,
  work: () => Promise<void>,
  log: Logger,
  event: string,
): () => Promise<void> {
  let running: Promise<void> | null = null;
  const timer = setInterval(() => {
    running ??= work()
      .catch((error: unknown) => log.error({ event, err: error }))
      .finally(() => {
        running = null;
      });
  }, interval);
  return async () => {
    clearInterval(timer);
    await running;
  };
}

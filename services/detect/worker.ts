import type { Logger } from "pino";
import type { LeaseStore } from "#core/ports/lease-store.ts";
import { SECOND } from "#core/time.ts";
import type { RuleSets } from "#services/rules/rule-sets.ts";
import { createHolding, type LeaseHolding } from "./holding.ts";
import { type DetectPorts, runPartition, type RunningPartition } from "./partition.ts";
import { createRulesAnnouncer } from "./rules-announcer.ts";
import { createTicker } from "./ticker.ts";

/** Folds this process's share of the log's partitions. */
export interface Worker {
  /** The partitions folded now. */
  partitions(): readonly RunningPartition[];
  /** Lets the newest rule set take effect in them; what fails here is tried again by itself. */
  announceRules(): Promise<void>;
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
 * the lease's life apart it renews; as often it lets go of what it lost, and takes or gives back what
 * the share asks. The two go on side by side: a partition that is long in loading must not cost the others.
 */
export async function startWorker(
  rules: RuleSets,
  ports: DetectPorts & { leases: LeaseStore },
  log: Logger,
  { now, monotonic }: Clocks,
): Promise<Worker> {
  const { leases, usageLog } = ports;
  const owned = new Map<number, Owned>();
  /** What is to be renewed: also leases whose partition is still being loaded. */
  const holdings = new Set<LeaseHolding>();
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
    holdings.add(holding);
    const abort = new AbortController();
    try {
      const running = await runPartition(partition, holding, rules, ports, log, abort.signal);
      running.stopped.catch(fail);
      owned.set(partition, { holding, running, abort });
      log.info({ event: "partition.taken", partition, fence: lease.fence });
    } catch (error) {
      // Without its state it cannot be folded here; somebody else may have it at once.
      await letGo(holding);
      throw error;
    }
  };
  const letGo = async (holding: LeaseHolding): Promise<void> => {
    holdings.delete(holding);
    await holding.release();
  };
  /** Stops a partition; its state is stored where the lease still holds. */
  const giveBack = async (partition: number, { holding, running, abort }: Owned): Promise<void> => {
    owned.delete(partition);
    abort.abort();
    await running.stopped;
    try {
      await running.checkpoint();
    } finally {
      await letGo(holding);
    }
    log.info({ event: "partition.released", partition, fence: holding.fence });
  };
  /** One that cannot be given back now must not keep the others from it. */
  const giveBackAll = async (): Promise<void> => {
    const turns = [...owned].map(([partition, entry]) => giveBack(partition, entry));
    const failures = (await Promise.allSettled(turns)).flatMap((turn) =>
      turn.status === "rejected" ? [turn.reason as unknown] : [],
    );
    if (failures.length > 0) throw new AggregateError(failures, "partitions were not given back");
  };
  const renewAll = async (): Promise<void> => {
    await Promise.all([...holdings].map((holding) => holding.renew()));
  };
  const balance = async (): Promise<void> => {
    const workers = await leases.announce();
    for (const [partition, entry] of owned) {
      if (!entry.holding.isHeld()) await giveBack(partition, entry);
    }
    const share = Math.ceil(usageLog.partitions / workers);
    for (const [partition, entry] of [...owned].slice(share)) await giveBack(partition, entry);
    for (let p = 0; p < usageLog.partitions && owned.size < share; p++) {
      if (!owned.has(p)) await take(p);
    }
  };
  const checkpointAll = async (): Promise<void> => {
    for (const { running } of owned.values()) {
      // One that cannot be stored must not keep the others from it.
      await running.checkpoint().catch((error: unknown) => {
        log.error({ event: "checkpoint.failed", partition: running.partition, err: error });
      });
    }
  };
  const partitions = (): RunningPartition[] => [...owned.values()].map(({ running }) => running);
  const tick = createTicker(usageLog, partitions, now);
  const announceRules = createRulesAnnouncer(usageLog, partitions, now);

  const endRenewals = every(leases.ttl / 3, renewAll, log, "lease.failed");
  const loops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(loops.map((end) => end()));
    try {
      await giveBackAll();
    } finally {
      await endRenewals();
    }
  };
  try {
    await balance();
  } catch (error) {
    await stop().catch(() => {});
    throw error;
  }
  loops.push(
    every(leases.ttl / 3, balance, log, "lease.failed"),
    every(CHECKPOINT_INTERVAL, checkpointAll, log, "checkpoint.failed"),
    every(TICK_CHECK, tick, log, "tick.failed"),
    every(TICK_CHECK, announceRules, log, "rules.failed"),
  );
  return { partitions, announceRules, failed, stop };
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

import { setMaxListeners } from "node:events";
import type { Logger } from "pino";
import type { Program } from "#core/pipeline/program.ts";
import { SECOND } from "#core/time.ts";
import { type DetectPorts, runPartition, type RunningPartition } from "./partition.ts";
import { createTicker } from "./ticker.ts";

/** Folds every partition of the log in this process. */
export interface Worker {
  partitions: readonly RunningPartition[];
  /** Settles when every partition has stopped; rejects as soon as one cannot go on. */
  stopped: Promise<void>;
  /** Stops reading, lets running batches finish and stores the state. */
  stop(): Promise<void>;
}

const CHECKPOINT_INTERVAL = 10 * SECOND;
const TICK_CHECK = 5 * SECOND;

export async function startWorker(
  program: Program,
  ports: DetectPorts,
  log: Logger,
  now: () => number,
): Promise<Worker> {
  const abort = new AbortController();
  setMaxListeners(ports.usageLog.partitions + 1, abort.signal);
  const partitions: RunningPartition[] = [];
  for (let p = 0; p < ports.usageLog.partitions; p++) {
    partitions.push(await runPartition(p, program, ports, log, abort.signal));
  }
  const tick = createTicker(ports.usageLog, partitions, now);
  const checkpointAll = async (): Promise<void> => {
    for (const partition of partitions) await partition.checkpoint();
  };
  const timers = [
    setInterval(() => report(checkpointAll(), log, "checkpoint.failed"), CHECKPOINT_INTERVAL),
    setInterval(() => report(tick(), log, "tick.failed"), TICK_CHECK),
  ];
  return {
    partitions,
    stopped: Promise.all(partitions.map(({ stopped }) => stopped)).then(() => undefined),
    async stop() {
      timers.forEach(clearInterval);
      abort.abort();
      await Promise.all(partitions.map(({ stopped }) => stopped));
      await checkpointAll();
    },
  };
}

function report(work: Promise<void>, log: Logger, event: string): void {
  work.catch((error: unknown) => log.error({ event, err: error }));
}

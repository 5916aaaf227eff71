import type { Logger } from "pino";
import { fold, type LogEntry } from "#core/pipeline/fold.ts";
import { createOutputs, type Outputs } from "#core/pipeline/outputs.ts";
import type { Program } from "#core/pipeline/program.ts";
import type { PartitionState } from "#core/pipeline/state.ts";
import type { CheckpointStore } from "#core/ports/checkpoint-store.ts";
import type { FindingLog } from "#core/ports/finding-log.ts";
import type { SeriesStore } from "#core/ports/series-store.ts";
import type { UsageLog } from "#core/ports/usage-log.ts";
import { loadSnapshot, packSnapshot } from "./checkpoint.ts";
import { createSeriesWriter } from "./series-writer.ts";
import { untilStored } from "./until-stored.ts";

/** What a partition's fold reads and writes. */
export interface DetectPorts {
  usageLog: UsageLog;
  findingLog: FindingLog;
  checkpoints: CheckpointStore;
  series: SeriesStore;
}

/** One partition being folded. */
export interface RunningPartition {
  readonly partition: number;
  readonly state: PartitionState;
  /** Settles when the fold has stopped; rejects where it could not go on. */
  readonly stopped: Promise<void>;
  /** Stores the state, after the running batch where there is one; nothing happens where nothing was folded since. */
  checkpoint(): Promise<void>;
  /** Entries folded by this process, and those it had to pass over. */
  folded(): number;
  failures(): number;
  /** Windows the series store has not got yet. */
  unwritten(): number;
  /** True while the series store takes nothing; detection goes on. */
  isSeriesFailing(): boolean;
}

/** The right under which a partition is folded, as far as this process can tell without asking. */
export interface Holding {
  fence: number;
  /** False once the lease may have passed to somebody else, and then for good: nothing may be written any more. */
  isHeld(): boolean;
}

/**
 * Restores a partition and folds it from there until the signal aborts: findings are durable before
 * the next batch is read, a checkpoint never runs ahead of them, and the series store is never waited
 * for. A crash anywhere in between repeats entries under the same ids.
 */
export async function runPartition(
  partition: number,
  holding: Holding,
  program: Program,
  ports: DetectPorts,
  log: Logger,
  signal: AbortSignal,
): Promise<RunningPartition> {
  const { state, unwritten } = await loadSnapshot(ports.checkpoints, partition);
  const series = createSeriesWriter(whileHeld(ports.series, holding), log);
  series.add({
    rollups: new Set(unwritten.rollups),
    bands: [...unwritten.bands],
    needsRebuild: unwritten.needsRebuild ?? null,
  });
  let saved = state.sequence;
  let folded = 0;
  let failures = 0;
  /** While a batch runs the state holds findings that are not stored: it is saved after the batch. */
  let busy = false;
  let saveWanted = false;

  const foldBatch = async (entries: readonly LogEntry[]): Promise<void> => {
    const outputs = createOutputs();
    for (const entry of entries) {
      if (!foldSafely(program, state, entry, outputs, log)) failures += 1;
    }
    folded += entries.length;
    const { findings } = outputs;
    const store = async (): Promise<void> => {
      if (holding.isHeld()) await ports.findingLog.create(findings, holding.isHeld);
    };
    if (findings.length > 0) await untilStored(store, log, signal);
    series.add(outputs);
  };
  const save = async (): Promise<void> => {
    saveWanted = false;
    if (state.sequence === saved || !holding.isHeld()) return;
    const packed = packSnapshot({ state, unwritten: series.unwritten() }, holding.fence);
    if ((await ports.checkpoints.save(partition, packed)) === "stale") {
      log.warn({ event: "checkpoint.stale", partition, fence: holding.fence });
    }
    saved = packed.sequence;
  };
  const follow = async (): Promise<void> => {
    for await (const entries of ports.usageLog.readAndTail(partition, state.sequence, signal)) {
      busy = true;
      await foldBatch(entries);
      busy = false;
      if (saveWanted) await save();
    }
  };
  const checkpoint = async (): Promise<void> => {
    if (busy) saveWanted = true;
    else await save();
  };
  const stopped = follow()
    .catch((error: unknown) => {
      if (!signal.aborted) throw error;
    })
    .then(series.close);
  return {
    partition,
    state,
    stopped,
    checkpoint,
    folded: () => folded,
    failures: () => failures,
    unwritten: series.waiting,
    isSeriesFailing: series.isFailing,
  };
}

/** A store that takes nothing any more once the lease is gone: the new owner writes newer totals. */
function whileHeld(store: SeriesStore, { isHeld }: Holding): SeriesStore {
  return {
    ...store,
    writeRollups: async (rollups) => (isHeld() ? store.writeRollups(rollups, isHeld) : undefined),
    writeBands: async (points) => (isHeld() ? store.writeBands(points, isHeld) : undefined),
  };
}

/** A failure in the pure fold would come back on every replay: the entry is passed over, loudly. */
function foldSafely(
  program: Program,
  state: PartitionState,
  entry: LogEntry,
  outputs: Outputs,
  log: Logger,
): boolean {
  try {
    fold(program, state, entry, outputs);
    return true;
  } catch (error) {
    log.error({ event: "fold.failed", sequence: entry.sequence, err: error });
    return false;
  }
}

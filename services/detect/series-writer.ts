import type { Logger } from "pino";
import { MeterhoundError } from "#core/errors.ts";
import type { BandPoint, Outputs } from "#core/pipeline/outputs.ts";
import type { Rollup } from "#core/pipeline/rollup.ts";
import type { SeriesStore } from "#core/ports/series-store.ts";
import { type EventTime, MINUTE, SECOND } from "#core/time.ts";

/** Event times whose series have gaps that only a replay of the log fills. */
export interface NeedsRebuild {
  from: EventTime;
  to: EventTime;
}

/** What the series store has not got yet, or may not have kept. */
export interface Unwritten {
  rollups: readonly Rollup[];
  bands: readonly BandPoint[];
  needsRebuild?: NeedsRebuild | null;
}

/**
 * Carries changed windows to the series store beside the fold, which never waits for it: a set of
 * dirty windows, so that a slow store costs points in between but no total.
 */
export interface SeriesWriter {
  add(outputs: Pick<Outputs, "rollups" | "bands"> & Pick<Unwritten, "needsRebuild">): void;
  /** What is waiting or on its way; a checkpoint carries it. */
  unwritten(): Unwritten;
  /** How many windows that is, without making a list; one that changes while it is sent counts twice. */
  waiting(): number;
  /** True while the store takes nothing. */
  isFailing(): boolean;
  /** Resolves once everything added so far is stored, or was tried once. */
  flush(): Promise<void>;
  /** Flushes, and writes nothing afterwards: the series may be somebody else's to write by then. */
  close(): Promise<void>;
}

export interface SeriesWriterLimits {
  /** Windows, and bands, that may wait. */
  waiting: number;
  /** Milliseconds before the first retry, doubled with each failure. */
  retry: number;
  /** Milliseconds until a write whose end nobody saw cannot land any more. */
  settle: number;
}

const BATCH = 5_000;
const LONGEST_RETRY = MINUTE;
const LIMITS: SeriesWriterLimits = { waiting: 100_000, retry: 5 * SECOND, settle: 30 * SECOND };

export function createSeriesWriter(
  store: SeriesStore,
  log: Logger,
  { waiting, retry, settle }: SeriesWriterLimits = LIMITS,
): SeriesWriter {
  const dirty = new Set<Rollup>();
  /** Windows in writes that were given up without an answer: such a write may still land, over a newer one. */
  const doubtful = new Set<Rollup>();
  let bands: BandPoint[] = [];
  let sending: Unwritten = { rollups: [], bands: [] };
  let needsRebuild: NeedsRebuild | null = null;
  let running: Promise<void> | null = null;
  let pause: NodeJS.Timeout | null = null;
  let settling: NodeJS.Timeout | null = null;
  let failures = 0;
  let closed = false;

  const isIdle = (): boolean => dirty.size === 0 && bands.length === 0;

  /** Writes until nothing waits, or until the store fails. */
  const writeAll = async (): Promise<void> => {
    while (!isIdle()) {
      sending = { rollups: takeFirst(dirty, BATCH), bands: bands.slice(0, BATCH) };
      bands = bands.slice(sending.bands.length);
      try {
        await store.writeRollups(sending.rollups);
        await store.writeBands(sending.bands);
        failures = 0;
        writeDoubtfulAgain();
      } catch (error) {
        keep(sending, error);
        return;
      } finally {
        sending = { rollups: [], bands: [] };
      }
    }
  };
  const keep = (failed: Unwritten, error: unknown): void => {
    failures += 1;
    const inDoubt = detailOf(error, "in_doubt") === 1;
    for (const rollup of failed.rollups) {
      dirty.add(rollup);
      if (inDoubt) doubtful.add(rollup);
    }
    bands = [...failed.bands, ...bands];
    shed();
    const wait =
      detailOf(error, "retry_after_ms") ?? Math.min(retry * 2 ** (failures - 1), LONGEST_RETRY);
    log.warn({ event: "series.write_failed", err: error, waiting: dirty.size, retry_ms: wait });
    if (closed) return;
    pause ??= setTimeout(() => {
      pause = null;
      void start();
    }, wait).unref();
  };
  const start = (): Promise<void> => {
    running ??= writeAll().finally(() => {
      running = null;
    });
    return running;
  };
  const writeDoubtfulAgain = (): void => {
    if (doubtful.size === 0 || closed) return;
    settling ??= setTimeout(() => {
      settling = null;
      for (const rollup of doubtful) dirty.add(rollup);
      doubtful.clear();
      if (!pause) void start();
    }, settle).unref();
  };
  /** Lets go of the oldest where too much waits, and remembers which times are wrong from then on. */
  const shed = (): void => {
    if (Math.max(dirty.size, doubtful.size, bands.length) <= waiting) return;
    const lost: EventTime[] = [];
    for (const rollup of dirty) {
      if (dirty.size <= waiting) break;
      dirty.delete(rollup);
      lost.push(rollup.start);
    }
    for (const rollup of doubtful) {
      if (doubtful.size <= waiting) break;
      doubtful.delete(rollup);
      lost.push(rollup.start);
    }
    while (bands.length > waiting) lost.push(...bands.splice(0, BATCH).map(({ start }) => start));
    if (lost.length === 0) return;
    needsRebuild = lost.reduce(widen, needsRebuild);
    log.error({ event: "series.needs_rebuild", lost: lost.length, ...needsRebuild });
  };
  const flush = async (): Promise<void> => {
    if (pause) clearTimeout(pause);
    pause = null;
    await start();
  };

  return {
    add(outputs) {
      for (const rollup of outputs.rollups) dirty.add(rollup);
      bands.push(...outputs.bands);
      const { needsRebuild: earlier } = outputs;
      if (earlier) needsRebuild = [earlier.from, earlier.to - 1].reduce(widen, needsRebuild);
      shed();
      if (!isIdle() && !pause && !closed) void start();
    },
    unwritten: () => ({
      rollups: [...new Set([...sending.rollups, ...dirty, ...doubtful])],
      bands: [...sending.bands, ...bands],
      needsRebuild,
    }),
    isFailing: () => failures > 0,
    waiting() {
      let count = sending.rollups.length + dirty.size;
      for (const rollup of doubtful) if (!dirty.has(rollup)) count += 1;
      return count;
    },
    flush,
    async close() {
      closed = true;
      if (settling) clearTimeout(settling);
      for (const rollup of doubtful) dirty.add(rollup);
      await flush();
    },
  };
}

/** Moves at most so many out of a set that may hold many more. */
function takeFirst<T>(set: Set<T>, most: number): T[] {
  const taken: T[] = [];
  for (const item of set) {
    if (taken.length === most) break;
    taken.push(item);
  }
  for (const item of taken) set.delete(item);
  return taken;
}

function detailOf(error: unknown, name: string): number | null {
  const value = error instanceof MeterhoundError ? error.details[name] : undefined;
  return typeof value === "number" ? value : null;
}

function widen(range: NeedsRebuild | null, at: EventTime): NeedsRebuild {
  return range
    ? { from: Math.min(range.from, at), to: Math.max(range.to, at + 1) }
    : { from: at, to: at + 1 };
}

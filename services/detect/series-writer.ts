import type { Logger } from "pino";
import type { BandPoint, Outputs } from "#core/pipeline/outputs.ts";
import type { Rollup } from "#core/pipeline/rollup.ts";
import type { SeriesStore } from "#core/ports/series-store.ts";
import { SECOND } from "#core/time.ts";

/** What the series store has not got yet. */
export interface Unwritten {
  rollups: readonly Rollup[];
  bands: readonly BandPoint[];
}

/**
 * Carries changed windows to the series store beside the fold, which never waits for it: a set of
 * dirty windows, so that a slow store costs points in between but no total.
 */
export interface SeriesWriter {
  add(outputs: Pick<Outputs, "rollups" | "bands">): void;
  /** What is waiting or on its way; a checkpoint carries it. */
  unwritten(): Unwritten;
  /** Resolves once everything added so far is stored, or was tried once. */
  flush(): Promise<void>;
}

const BATCH = 5_000;
const MAX_BANDS = 100_000;
const RETRY = 5 * SECOND;

export function createSeriesWriter(store: SeriesStore, log: Logger): SeriesWriter {
  const dirty = new Set<Rollup>();
  let bands: BandPoint[] = [];
  let sending: Unwritten = { rollups: [], bands: [] };
  let running: Promise<void> | null = null;
  let retry: NodeJS.Timeout | null = null;

  const isIdle = (): boolean => dirty.size === 0 && bands.length === 0;

  /** Writes until nothing waits, or until the store fails. */
  const writeAll = async (): Promise<void> => {
    while (!isIdle()) {
      sending = { rollups: [...dirty].slice(0, BATCH), bands: bands.slice(0, BATCH) };
      for (const rollup of sending.rollups) dirty.delete(rollup);
      bands = bands.slice(sending.bands.length);
      try {
        await store.writeRollups(sending.rollups);
        await store.writeBands(sending.bands);
      } catch (error) {
        for (const rollup of sending.rollups) dirty.add(rollup);
        bands = [...sending.bands, ...bands].slice(-MAX_BANDS);
        log.warn({ event: "series.write_failed", err: error, waiting: dirty.size });
        retry ??= setTimeout(() => {
          retry = null;
          void start();
        }, RETRY).unref();
        return;
      } finally {
        sending = { rollups: [], bands: [] };
      }
    }
  };
  const start = (): Promise<void> => {
    running ??= writeAll().finally(() => {
      running = null;
    });
    return running;
  };

  return {
    add(outputs) {
      for (const rollup of outputs.rollups) dirty.add(rollup);
      bands.push(...outputs.bands);
      if (!isIdle() && !retry) void start();
    },
    unwritten: () => ({
      rollups: [...new Set([...sending.rollups, ...dirty])],
      bands: [...sending.bands, ...bands],
    }),
    async flush() {
      if (retry) clearTimeout(retry);
      retry = null;
      await start();
    },
  };
}

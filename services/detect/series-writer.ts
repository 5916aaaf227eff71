import type { Logger } from "pino";
import type { BandPoint, Outputs } from "#core/pipeline/outputs.ts";
import type { Rollup } from "#core/pipeline/rollup.ts";
import type { SeriesStore } from "#core/ports/series-store.ts";

/**
 * Carries changed windows to the series store beside the fold, which never waits for it: a set of
 * dirty windows, so that a slow store costs points in between but no total.
 */
export interface SeriesWriter {
  add(outputs: Pick<Outputs, "rollups" | "bands">): void;
  /** Windows not stored yet; a checkpoint carries them. */
  unwritten(): Rollup[];
  /** Resolves once everything added so far is stored, or was tried once. */
  flush(): Promise<void>;
}

const BATCH = 5_000;
const MAX_BANDS = 100_000;

export function createSeriesWriter(store: SeriesStore, log: Logger): SeriesWriter {
  const dirty = new Set<Rollup>();
  let bands: BandPoint[] = [];
  let running: Promise<void> | null = null;

  const writeAll = async (): Promise<void> => {
    while (dirty.size > 0 || bands.length > 0) {
      const rollups = [...dirty].slice(0, BATCH);
      const points = bands.slice(0, BATCH);
      for (const rollup of rollups) dirty.delete(rollup);
      bands = bands.slice(points.length);
      try {
        await store.writeRollups(rollups);
        await store.writeBands(points);
      } catch (error) {
        for (const rollup of rollups) dirty.add(rollup);
        bands = [...points, ...bands].slice(-MAX_BANDS);
        log.warn({ event: "series.write_failed", err: error, waiting: dirty.size });
        return;
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
      if (dirty.size > 0 || bands.length > 0) void start();
    },
    unwritten: () => [...dirty],
    flush: () => (dirty.size > 0 || bands.length > 0 || running ? start() : Promise.resolve()),
  };
}

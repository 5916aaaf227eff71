import type { BandPoint } from "#core/pipeline/outputs.ts";
import type { Rollup } from "#core/pipeline/rollup.ts";
import type { SeriesStore, TimelinePoint } from "#core/ports/series-store.ts";
import { bandKey, compareBytes, compareRollups, rollupKey, TIMELINE_FILTERS } from "./keys.ts";

/** Time series that live as long as their process: for tests and replay. */
export function createMemorySeriesStore(): SeriesStore {
  const rollups = new Map<string, Rollup>();
  const bands = new Map<string, BandPoint>();
  return {
    async writeRollups(written) {
      // Copied: the fold goes on counting in the very objects it hands out.
      for (const rollup of written) rollups.set(rollupKey(rollup), { ...rollup });
    },
    async writeBands(points) {
      for (const point of points) bands.set(bandKey(point), { ...point });
    },
    async timeline({ tenant, where, from, to, step }) {
      const points = new Map<number, TimelinePoint>();
      for (const rollup of rollups.values()) {
        if (rollup.tenant !== tenant || rollup.start < from || rollup.start >= to) continue;
        if (
          TIMELINE_FILTERS.some((name) => where[name] !== undefined && where[name] !== rollup[name])
        ) {
          continue;
        }
        const start = rollup.start - (rollup.start % step);
        const point = points.get(start) ?? { start, calls: 0, cost: 0n, unpriced_calls: 0 };
        point.calls += rollup.calls;
        point.cost += rollup.cost;
        point.unpriced_calls += rollup.unpriced_calls;
        points.set(start, point);
      }
      return [...points.values()].toSorted((a, b) => a.start - b.start);
    },
    async bands(tenant, identity, from, to) {
      return [...bands.values()]
        .filter((point) => point.tenant === tenant && point.identity === identity)
        .filter(({ start }) => start >= from && start < to)
        .toSorted((a, b) => a.start - b.start || compareBytes(a.metric, b.metric))
        .map((point) => ({ ...point }));
    },
    async rollups(from, to) {
      return [...rollups.values()]
        .filter(({ start }) => start >= from && start < to)
        .toSorted(compareRollups)
        .map((rollup) => ({ ...rollup }));
    },
    async close() {},
  };
}

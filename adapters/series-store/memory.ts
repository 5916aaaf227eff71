import type { BandPoint } from "#core/pipeline/outputs.ts";
import type { Rollup } from "#core/pipeline/rollup.ts";
import type {
  SeriesSelection,
  SeriesStore,
  SeriesSums,
  SeriesTotal,
  TimelinePoint,
} from "#core/ports/series-store.ts";
import {
  bandKey,
  compareBytes,
  compareRollups,
  compareSums,
  filtersOf,
  rollupKey,
  SUMMED_COUNTS,
} from "./keys.ts";

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
    async timeline(query) {
      const points = new Map<string, TimelinePoint>();
      for (const rollup of selected(rollups.values(), query)) {
        const start = rollup.start - (rollup.start % query.step);
        const key = query.by.map((name) => rollup[name]);
        const id = JSON.stringify([start, key]);
        const point = points.get(id) ?? { start, key, ...NO_SUMS };
        addTo(point, rollup);
        points.set(id, point);
      }
      return [...points.values()].toSorted(compareSums);
    },
    async totals(selection) {
      const totals = new Map<string, SeriesTotal>();
      for (const rollup of selected(rollups.values(), selection)) {
        const key = selection.by.map((name) => rollup[name]);
        const id = JSON.stringify(key);
        const total = totals.get(id) ?? { key, last: null, ...NO_SUMS };
        addTo(total, rollup);
        if (rollup.calls > 0) total.last = Math.max(total.last ?? 0, rollup.start);
        totals.set(id, total);
      }
      return [...totals.values()].toSorted(compareSums);
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

const NO_SUMS: SeriesSums = {
  calls: 0,
  errors: 0,
  input_tokens: 0,
  output_tokens: 0,
  cost: 0n,
  unpriced_calls: 0,
};

function* selected(
  rollups: Iterable<Rollup>,
  { from, to, ...selection }: SeriesSelection,
): Generator<Rollup> {
  const filters = filtersOf(selection);
  for (const rollup of rollups) {
    if (rollup.start < from || rollup.start >= to) continue;
    if (filters.every(({ name, values }) => values.includes(rollup[name]))) yield rollup;
  }
}

function addTo(sums: SeriesSums, rollup: Rollup): void {
  for (const name of SUMMED_COUNTS) sums[name] += rollup[name];
  sums.cost += rollup.cost;
}

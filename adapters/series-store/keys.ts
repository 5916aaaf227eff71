import {
  SERIES_DIMENSIONS,
  type SeriesDimension,
  type SeriesSelection,
} from "#core/ports/series-store.ts";
import type { BandPoint } from "#core/pipeline/outputs.ts";
import type { Rollup } from "#core/pipeline/rollup.ts";

/** What names a rollup, in the order answers are sorted by after their start. */
export const ROLLUP_DIMENSIONS = [
  "tenant",
  "identity",
  "credential",
  "model",
  "environment",
  "team",
  "cost_center",
] as const satisfies readonly (keyof Rollup)[];

/** What a rollup counts beside its cost, in the order adapters store it. */
export const ROLLUP_COUNTS = [
  "calls",
  "errors",
  "retries",
  "input_tokens",
  "output_tokens",
  "cached_input_tokens",
  "unpriced_calls",
] as const satisfies readonly (keyof Rollup)[];

/** What timelines and totals sum beside the cost. */
export const SUMMED_COUNTS = [
  "calls",
  "errors",
  "input_tokens",
  "output_tokens",
  "unpriced_calls",
] as const satisfies readonly (keyof Rollup)[];

/** Every dimension a selection narrows by, with its values. */
export function filtersOf({ tenants, where }: Pick<SeriesSelection, "tenants" | "where">): {
  name: SeriesDimension;
  values: readonly string[];
}[] {
  const asked = { tenant: tenants ?? undefined, ...where };
  return SERIES_DIMENSIONS.flatMap((name) => {
    const values = asked[name];
    return values === undefined ? [] : [{ name, values }];
  });
}

/** Sums by step, then key. */
export function compareSums(
  a: { start?: number; key: readonly string[] },
  b: { start?: number; key: readonly string[] },
): number {
  if (a.start !== b.start) return (a.start ?? 0) - (b.start ?? 0);
  for (const [place, text] of a.key.entries()) {
    if (text !== b.key[place]) return compareBytes(text, b.key[place] ?? "");
  }
  return 0;
}

export function rollupKey(rollup: Rollup): string {
  const { start, segment } = rollup;
  return JSON.stringify([start, segment, ...ROLLUP_DIMENSIONS.map((name) => rollup[name])]);
}

export function bandKey({ tenant, identity, metric, start }: BandPoint): string {
  return JSON.stringify([tenant, identity, metric, start]);
}

/** One entry per key, the last one given: what a batch that names a key twice means. */
export function lastOfEachKey<T>(entries: readonly T[], keyOf: (entry: T) => string): T[] {
  return [...new Map(entries.map((entry) => [keyOf(entry), entry])).values()];
}

/** The order rollups are answered in: by start, then key, then segment. */
export function compareRollups(a: Rollup, b: Rollup): number {
  if (a.start !== b.start) return a.start - b.start;
  for (const name of ROLLUP_DIMENSIONS) {
    if (a[name] !== b[name]) return compareBytes(a[name], b[name]);
  }
  return a.segment - b.segment;
}

/** Text in the order databases sort it: by its UTF-8 bytes. */
export function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

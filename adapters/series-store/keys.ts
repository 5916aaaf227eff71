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

/** By what a timeline may be narrowed. */
export const TIMELINE_FILTERS = ["identity", "credential", "model", "team"] as const;

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

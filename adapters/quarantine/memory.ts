import type { Quarantine, Quarantined } from "#core/ports/quarantine.ts";

/** A quarantine that lives as long as its process: for tests and replay. */
export function createMemoryQuarantine(): Quarantine {
  const kept: Quarantined[] = [];
  return {
    async put(records) {
      for (const record of records) kept.push({ ...record });
    },
    async list(limit) {
      return kept
        .toReversed()
        .slice(0, limit)
        .map((record) => ({ ...record }));
    },
    async close() {},
  };
}

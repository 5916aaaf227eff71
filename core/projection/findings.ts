import type { Finding } from "../finding/finding.ts";
import { evolve, type FindingEntry, type FindingRecord } from "../finding/finding-log.ts";

/** The finding log folded in memory: the list an analyst sees, the same code in every mode. */
export interface FindingProjection {
  /** Folds one entry and returns the finding as it is now; entries seen before change nothing. */
  apply(entry: FindingEntry): Finding | null;
  get(id: string): FindingRecord | undefined;
  /** Every finding, the oldest first. */
  all(): Finding[];
}

export function createFindingProjection(): FindingProjection {
  const records = new Map<string, FindingRecord>();
  const applied = new Set<string>();
  return {
    apply(entry) {
      if (applied.has(entry.id)) return records.get(entry.finding)?.finding ?? null;
      applied.add(entry.id);
      const record = evolve(records.get(entry.finding), entry);
      if (!record) return null;
      records.set(entry.finding, record);
      return record.finding;
    },
    get: (id) => records.get(id),
    all: () => [...records.values()].map(({ finding }) => finding).toSorted(byOpening),
  };
}

type Opening = Pick<Finding, "opened_at" | "id">;

/** Opening time, then id: the order of every list of findings. */
export function byOpening(a: Opening, b: Opening): number {
  if (a.opened_at !== b.opened_at) return a.opened_at < b.opened_at ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}

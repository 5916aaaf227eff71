import type { Observed } from "../detector.ts";
import { isInheritable, type Stated } from "./inherit.ts";
import {
  addCounts,
  type Counts,
  countsOf,
  isKept,
  moveCounts,
  type Rollup,
  type RollupWindows,
} from "./rollup.ts";

const FIELDS = ["environment", "team", "cost_center"] as const;
type Field = (typeof FIELDS)[number];

/** Calls of one flow that were counted in one window before the flow's owner was known. */
export interface Orphan {
  window: Rollup;
  /** What an owner may still say of them. */
  open: readonly Field[];
  counts: Counts;
}

/** Minutes of one flow that are remembered; the parent of most calls comes within seconds. */
const MOST = 16;

/** Remembers a counted call, to move it when the flow's owner comes. */
export function addOrphan(orphans: Orphan[], window: Rollup, observed: Observed): void {
  const open = FIELDS.filter((field) => isInheritable(observed.event, field));
  if (open.length === 0) return;
  const same = orphans.find(
    (orphan) => orphan.window === window && orphan.open.join() === open.join(),
  );
  if (same) addCounts(same.counts, countsOf(observed), 1);
  else {
    if (orphans.length === MOST) orphans.shift();
    orphans.push({ window, open, counts: countsOf(observed) });
  }
}

/**
 * Moves what was counted without an owner to where it belongs, as far as its windows are still in
 * memory; every changed window goes to `changed`. What is moved may be moved again, when the flow's
 * root takes the place of the owner.
 */
export function claimOrphans(
  orphans: Orphan[],
  fields: Stated,
  windows: RollupWindows,
  changed: Set<Rollup>,
): void {
  for (const orphan of orphans) {
    const { window, open, counts } = orphan;
    if (!isKept(windows, window)) continue;
    const owned = { ...pick(window), ...pickOf(fields, open) };
    if (FIELDS.every((field) => owned[field] === window[field])) continue;
    changed.add(window);
    orphan.window = moveCounts(windows, window, counts, owned);
    changed.add(orphan.window);
  }
}

function pick({ environment, team, cost_center }: Rollup): Record<Field, string> {
  return { environment, team, cost_center };
}

function pickOf(fields: Stated, open: readonly Field[]): Partial<Record<Field, string>> {
  const stated: Partial<Record<Field, string>> = {};
  for (const field of open) {
    const value = fields[field];
    if (value !== undefined) stated[field] = value;
  }
  return stated;
}

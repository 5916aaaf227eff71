import { SETTLE } from "#core/pipeline/correlate.ts";
import type { PartitionState } from "#core/pipeline/state.ts";
import type { Batch, UsageLog } from "#core/ports/usage-log.ts";
import { MINUTE } from "#core/time.ts";
import type { RunningPartition } from "./partition.ts";

interface Quiet {
  sequence: number;
  /** Wall clock at which the sequence was first seen. */
  since: number;
  /** Time of the last tick. */
  ticked: number;
}

/** How long a partition must have brought nothing before time is said to have passed. */
const QUIET = 5_000;

/**
 * Says that time has passed where no event does. While a partition's newest event is at most ten
 * minutes old a tick carries the wall clock, once a minute; where the events are older (imports, the
 * demo) one tick follows the newest event, as at the end of a replay. Returns a function to call
 * every few seconds.
 */
export function createTicker(
  log: UsageLog,
  partitions: () => readonly RunningPartition[],
  now: () => number,
): () => Promise<void> {
  const quiet = new Map<number, Quiet>();
  return async () => {
    const batches: Batch[] = [];
    for (const { partition, state } of partitions()) {
      const at = nextTick(quietOf(quiet, partition, state.sequence, now()), newestOf(state), now());
      if (at !== null) batches.push({ partition, entries: [{ kind: "tick", at }] });
    }
    if (batches.length > 0) await log.append(batches);
  };
}

function quietOf(
  known: Map<number, Quiet>,
  partition: number,
  sequence: number,
  wall: number,
): Quiet {
  let quiet = known.get(partition);
  if (!quiet) {
    quiet = { sequence, since: wall, ticked: -Infinity };
    known.set(partition, quiet);
  } else if (quiet.sequence !== sequence) {
    quiet.sequence = sequence;
    quiet.since = wall;
  }
  return quiet;
}

function nextTick(quiet: Quiet, newest: number, wall: number): number | null {
  if (newest === -Infinity) return null;
  const isLive = wall - newest <= SETTLE && wall >= newest;
  const at = isLive ? Math.floor(wall / MINUTE) * MINUTE : newest + SETTLE;
  const isDue = isLive ? at > newest : wall - quiet.since >= QUIET;
  if (!isDue || at <= quiet.ticked) return null;
  quiet.ticked = at;
  return at;
}

function newestOf(state: PartitionState): number {
  let newest = -Infinity;
  for (const tenant of state.tenants.values()) newest = Math.max(newest, tenant.newest);
  return newest;
}

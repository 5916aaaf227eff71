import type { UsageLog } from "#core/ports/usage-log.ts";
import type { RunningPartition } from "./partition.ts";

/**
 * Names this process's newest rule set in the log of every partition that is folded with another one:
 * it takes effect there, at one point of the log. Returns a function to call after a reload and now and then.
 */
export function createRulesAnnouncer(
  log: UsageLog,
  partitions: () => readonly RunningPartition[],
  now: () => number,
): () => Promise<void> {
  return async () => {
    const due = partitions().flatMap(({ partition, rules }) => {
      const digest = rules.unnamed();
      return digest === null ? [] : [{ partition, rules, digest }];
    });
    if (due.length === 0) return;
    const at = now();
    await log.append(
      due.map(({ partition, digest }) => ({ partition, entries: [{ kind: "rules", at, digest }] })),
    );
    for (const { rules, digest } of due) rules.named(digest);
  };
}

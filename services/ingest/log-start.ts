import type { UsageLog } from "#core/ports/usage-log.ts";
import type { EventTime } from "#core/time.ts";

/**
 * Makes sure that a log says when it began before its first events: a `start` entry in every
 * partition, appended only while the log is empty. Callers in one process share one attempt; two
 * processes may both append, and the fold keeps the earlier time.
 */
export function createLogStart(log: UsageLog): (at: EventTime) => Promise<void> {
  let begun: Promise<void> | null = null;
  return (at) => {
    begun ??= begin(log, at).catch((error: unknown) => {
      begun = null;
      throw error;
    });
    return begun;
  };
}

async function begin(log: UsageLog, at: EventTime): Promise<void> {
  const partitions = Array.from({ length: log.partitions }, (_, partition) => partition);
  const pages = await Promise.all(partitions.map((partition) => log.read(partition, 0, 1)));
  if (pages.some((page) => page.length > 0)) return;
  await log.append(
    partitions.map((partition) => ({ partition, entries: [{ kind: "start", at }] })),
  );
}

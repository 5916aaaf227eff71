import type { LogEntry } from "#core/pipeline/fold.ts";
import type { UsageLog } from "#core/ports/usage-log.ts";
import { eventEntry } from "#test/support/events.ts";

/** Entries `<prefix>-<from>` and so on: tests tell them apart by id. */
export function numbered(prefix: string, count: number, from = 0): ReturnType<typeof eventEntry>[] {
  return Array.from({ length: count }, (_, i) => eventEntry({ id: `${prefix}-${from + i}` }));
}

export function idsOf(entries: readonly LogEntry[]): string[] {
  return entries.map((entry) => (entry.kind === "event" ? entry.event.id : "tick"));
}

export async function readAll(log: UsageLog, partition: number, page = 1_000): Promise<LogEntry[]> {
  const all: LogEntry[] = [];
  for (;;) {
    const entries = await log.read(partition, all.at(-1)?.sequence ?? 0, page);
    if (entries.length === 0) return all;
    all.push(...entries);
  }
}

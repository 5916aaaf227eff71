import type { ResolvedEvent } from "#core/pipeline/sort-window.ts";
import type { UsageLog } from "#core/ports/usage-log.ts";
import type { EventTime } from "#core/time.ts";

/** Events of the stored log as a replay takes them. */
export async function* readLog(
  log: UsageLog,
  from: EventTime,
  to: EventTime,
): AsyncGenerator<ResolvedEvent[]> {
  for await (const entries of log.readRange(from, to)) {
    yield entries.filter((entry) => entry.kind === "event");
  }
}

import type { ResolvedEvent } from "#core/pipeline/sort-window.ts";
import type { UsageLog } from "#core/ports/usage-log.ts";
import type { EventTime } from "#core/time.ts";

/** Which of the stored usage is replayed. */
export interface History {
  from: EventTime;
  /** How long before it the usage is read to learn from; what opens then is not told. */
  learn: number;
  /** Exclusive. */
  to: EventTime;
  /** Null: every one. */
  tenants: readonly string[] | null;
  identities: readonly string[] | null;
}

/** Events of the stored log as a replay takes them. */
export async function* readLog(
  log: UsageLog,
  { from, learn, to, tenants, identities }: History,
): AsyncGenerator<ResolvedEvent[]> {
  for await (const entries of log.readRange(from - learn, to)) {
    yield entries.filter(
      (entry) =>
        entry.kind === "event" &&
        isOneOf(tenants, entry.event.tenant) &&
        isOneOf(identities, entry.event.identity?.id),
    ) as ResolvedEvent[];
  }
}

/** True where there is nothing to choose by, or the value is chosen. */
export function isOneOf(
  chosen: readonly string[] | null,
  value: string | null | undefined,
): boolean {
  return chosen === null || (typeof value === "string" && chosen.includes(value));
}

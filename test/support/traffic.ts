import type { UsageEvent } from "#core/event.ts";
import { type Overrides, usageEvent } from "./events.ts";

export const START = Date.parse("2026-10-05T07:00:00Z");

/** The same step `times` times in one session: a prompt loop. One every `every` ms from `at` on. */
export function loop(
  session: string,
  { at = START, times = 12, every = 20_000, ...more }: LoopOptions = {},
): UsageEvent[] {
  return Array.from({ length: times }, (_, i) =>
    usageEvent({
      id: `${session}-${i}`,
      time: new Date(at + i * every).toISOString(),
      flow: { session, trace: undefined, span: undefined, agent: "main" },
      content: { prompt_digest: `p-${session}`, result_digest: "r" },
      ...more,
    }),
  );
}

export type LoopOptions = Overrides<UsageEvent> & { at?: number; times?: number; every?: number };

export function ndjson(events: readonly object[]): string {
  return events.map((event) => JSON.stringify(event)).join("\n");
}

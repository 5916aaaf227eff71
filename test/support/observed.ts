import { flowRoot, type UsageEvent } from "#core/event.ts";
import type { Observed } from "#core/detector.ts";
import type { ResolvedEvent } from "#core/pipeline/sort-window.ts";
import { type EventTime, formatTime } from "#core/time.ts";
import { eventEntry, type Overrides } from "./events.ts";

/** A Monday at midnight: the first moment of most tests. */
export const START: EventTime = Date.UTC(2026, 9, 5);

let made = 0;

/** A resolved event at a moment, under an id of its own unless the test names one. */
export function resolvedAt(at: EventTime, overrides: Overrides<UsageEvent> = {}): ResolvedEvent {
  const { event, cost } = eventEntry({ id: `e${++made}`, time: formatTime(at), ...overrides });
  return { at, event, cost };
}

/** The same as detectors see it. */
export function observedAt(at: EventTime, overrides: Overrides<UsageEvent> = {}): Observed {
  const { event, cost } = resolvedAt(at, overrides);
  return { event, at, cost, flow: flowRoot(event) };
}

import { checkEvent, type EventOrigin, type EventProblem, isProblem } from "#core/event-check.ts";
import type { ResolvedEvent } from "#core/pipeline/sort-window.ts";
import { type Resolution, resolveEvent } from "#core/resolve.ts";

/** Larger events carry texts, not figures. */
export const MAX_EVENT_BYTES = 256 * 1024;

/** Checks, owns and prices one parsed payload. */
export function readEvent(
  raw: unknown,
  origin: EventOrigin,
  resolution: Resolution,
): ResolvedEvent | EventProblem {
  const checked = checkEvent(raw, origin);
  if (isProblem(checked)) return checked;
  const { event, at } = checked;
  return { event, at, cost: resolveEvent(event, at, resolution) };
}

/** The same from one line of text. */
export function readLine(
  line: string,
  origin: EventOrigin,
  resolution: Resolution,
): ResolvedEvent | EventProblem {
  if (line.length > MAX_EVENT_BYTES) {
    return { code: "MH_EVENT_TOO_LARGE", path: "", message: "the event is larger than 256 KiB" };
  }
  let raw: unknown;
  try {
    raw = JSON.parse(line);
  } catch {
    return { code: "MH_EVENT_UNPARSEABLE", path: "", message: "the line is not one JSON object" };
  }
  return readEvent(raw, origin, resolution);
}

import type { EventOrigin, EventProblem } from "#core/event-check.ts";
import type { Resolution } from "#core/resolve.ts";
import { MAX_EVENT_BYTES } from "./read-event.ts";
import {
  type FormatChoice,
  formatOf,
  readPayload,
  type Refused,
  type TakeRead,
} from "./read-payload.ts";

/** Reads the events of one line of a file: one where it is native, any number where it is a foreign payload. */
export function readLine(
  line: string,
  choice: FormatChoice,
  origin: EventOrigin,
  resolution: Resolution,
  take: TakeRead,
): void {
  let raw: unknown;
  try {
    raw = JSON.parse(line);
  } catch {
    take(refuse("MH_EVENT_UNPARSEABLE", "the line is not one JSON object"));
    return;
  }
  if (!Array.isArray(raw)) {
    readOne(raw, line.length, choice, origin, resolution, take);
    return;
  }
  for (const payload of raw as unknown[]) {
    readOne(payload, line.length, choice, origin, resolution, take);
  }
}

function readOne(
  payload: unknown,
  size: number,
  choice: FormatChoice,
  origin: EventOrigin,
  resolution: Resolution,
  take: TakeRead,
): void {
  const format = choice === "auto" ? formatOf(payload) : choice;
  if (format === "native" && size > MAX_EVENT_BYTES) {
    take(refuse("MH_EVENT_TOO_LARGE", "the event is larger than 256 KiB"));
  } else readPayload(payload, format, origin, resolution, take);
}

function refuse(code: EventProblem["code"], message: string): Refused {
  return { problem: { code, path: "", message }, record: "" };
}

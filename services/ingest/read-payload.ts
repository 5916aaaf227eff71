import { type EventOrigin, type EventProblem, isProblem } from "#core/event-check.ts";
import { type Format, isObject } from "#core/formats/format.ts";
import { FORMATS } from "#core/formats/formats.ts";
import { type Mapped, mapPayload } from "#core/formats/map-payload.ts";
import type { ResolvedEvent } from "#core/pipeline/sort-window.ts";
import type { Resolution } from "#core/resolve.ts";
import { MAX_EVENT_BYTES, readEvent } from "./read-event.ts";

/** Payloads of other systems carry whole conversations, of which only digests are kept. */
export const MAX_PAYLOAD_BYTES = 32 * 1024 * 1024;

export function maxEventOf(format: Format | "native"): number {
  return format === "native" ? MAX_EVENT_BYTES : MAX_PAYLOAD_BYTES;
}

/** How the format of a file's lines is decided: by its name, or record by record. */
export type FormatChoice = Format | "auto" | "native";

/** A record that was refused, with what of it may be shown to quarantine's redaction. */
export interface Refused {
  problem: EventProblem;
  record: unknown;
}

/** Takes what was read, event by event. */
export type TakeRead = (read: ResolvedEvent | Refused) => void;

/** Reads the events of one parsed payload: mapped where it is foreign, checked, owned and priced. */
export function readPayload(
  raw: unknown,
  choice: FormatChoice,
  origin: EventOrigin,
  resolution: Resolution,
  take: TakeRead,
): void {
  if (Array.isArray(raw) && choice !== "native") {
    for (const payload of raw as unknown[]) readPayload(payload, choice, origin, resolution, take);
    return;
  }
  const format = choice === "auto" ? formatOf(raw) : choice;
  if (format === "native") {
    const read = readEvent(raw, origin, resolution);
    take(isProblem(read) ? { problem: named(read, format, raw), record: raw } : read);
    return;
  }
  for (const mapped of mapPayload(format, raw, origin.digest)) {
    if ("problem" in mapped) take({ ...mapped, problem: named(mapped.problem, format, raw) });
    else take(readDraft(mapped, origin, resolution));
  }
}

/** A problem of a record that was sent as one thing and looks like another says so. */
function named(problem: EventProblem, sentAs: Format | "native", raw: unknown): EventProblem {
  if (sentAs !== "native" && sentAs.isLike(raw)) return problem;
  const like = formatOf(raw);
  if (like === "native" || like === sentAs) return problem;
  return { ...problem, message: `${problem.message}; it looks like \`${like.name}\`` };
}

function readDraft(
  { draft, quality }: Extract<Mapped, { draft: unknown }>,
  origin: EventOrigin,
  resolution: Resolution,
): ResolvedEvent | Refused {
  // What another system calls its tenant is no claim of the sender: its token decides.
  if (origin.tenants?.length === 1) delete draft.tenant;
  const read = readEvent(draft, origin, resolution);
  if (isProblem(read)) return { problem: read, record: draft };
  if (quality.length > 0) read.event.quality = [...(read.event.quality ?? []), ...quality];
  return read;
}

/** Whose payload this is; what no format knows is judged as a native event. */
export function formatOf(raw: unknown): Format | "native" {
  // Envelopes around another system's record have an id and a time too.
  const isNative = isObject(raw) && "id" in raw && "time" in raw && !isObject(raw["detail"]);
  if (isNative) return "native";
  return FORMATS.find((format) => format.isLike(raw)) ?? "native";
}

import { isUtf8 } from "node:buffer";
import { MeterhoundError } from "#core/errors.ts";
import type { EventProblem } from "#core/event-check.ts";
import { MAX_EVENT_BYTES } from "./read-event.ts";
import { splitLines } from "./lines.ts";

/** One piece of a body: a parsed payload, or why it could not be read. */
export type BodyItem =
  | { raw: unknown; size: number }
  | { problem: EventProblem; size: number; text: string };

const OPEN_BRACKET = 91;

/** A small packed body can hold millions of lines, each of which would cost an answer of its own. */
export const MAX_BODY_EVENTS = 50_000;

/**
 * Takes a body apart: a JSON array, one JSON object, or NDJSON, told apart by the bytes and not by the
 * Content-Type. One bad line never sinks its neighbours; an array that is not JSON is one problem.
 * Throws MH_API_TOO_LARGE above `MAX_BODY_EVENTS`.
 */
export function parseBody(body: Buffer, maxEvent = MAX_EVENT_BYTES): BodyItem[] {
  const first = firstByte(body);
  if (first === -1) return [];
  const isList = first === OPEN_BRACKET;
  const list = isList ? parseArray(body, maxEvent) : null;
  if (list) return list;
  const items: BodyItem[] = [];
  splitLines(body, (line, size) => {
    refuseMany(items.length + 1);
    items.push(parseLine(line, size, maxEvent));
  });
  if (items.some((item) => "raw" in item)) return items;
  return isList ? [unreadable(body)] : (parseOne(body, maxEvent) ?? items);
}

/** Null where the body is no array: lines may begin with one. */
function parseArray(body: Buffer, maxEvent: number): BodyItem[] | null {
  const parsed = isUtf8(body) ? tryParse(body.toString("utf8")) : undefined;
  if (!Array.isArray(parsed)) return null;
  refuseMany(parsed.length);
  const share = Math.ceil(body.length / Math.max(1, parsed.length));
  return parsed.map((raw: unknown) =>
    body.length > maxEvent && isTooLarge(raw, maxEvent) ? tooLarge(share) : { raw, size: share },
  );
}

/** A single object may be printed over many lines. */
function parseOne(body: Buffer, maxEvent: number): BodyItem[] | null {
  const parsed = isUtf8(body) ? tryParse(body.toString("utf8")) : undefined;
  if (parsed === undefined) return null;
  const size = body.length;
  return [size > maxEvent ? tooLarge(size) : { raw: parsed, size }];
}

function refuseMany(count: number): void {
  if (count <= MAX_BODY_EVENTS) return;
  throw new MeterhoundError("MH_API_TOO_LARGE", { limit: `${MAX_BODY_EVENTS} events` });
}

function isTooLarge(raw: unknown, maxEvent: number): boolean {
  try {
    return Buffer.byteLength(JSON.stringify(raw)) > maxEvent;
  } catch {
    return true; // nested too deep to print
  }
}

function parseLine(line: string | null, size: number, maxEvent: number): BodyItem {
  if (line === null) {
    return problem("MH_EVENT_NOT_UTF8", "the line is not UTF-8", size, "");
  }
  if (size > maxEvent) return tooLarge(size);
  const raw = tryParse(line);
  if (raw === undefined) {
    return problem("MH_EVENT_UNPARSEABLE", "the line is not one JSON object", size, line);
  }
  return { raw, size };
}

function unreadable(body: Buffer): BodyItem {
  return isUtf8(body)
    ? problem("MH_EVENT_UNPARSEABLE", "the body is not a JSON array", body.length, "")
    : problem("MH_EVENT_NOT_UTF8", "the body is not UTF-8", body.length, "");
}

function tooLarge(size: number): BodyItem {
  return problem("MH_EVENT_TOO_LARGE", "the event is larger than 256 KiB", size, "");
}

function problem(
  code: EventProblem["code"],
  message: string,
  size: number,
  text: string,
): BodyItem {
  return { problem: { code, path: "", message }, size, text };
}

/** Undefined where the text is not JSON. */
function tryParse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function firstByte(body: Buffer): number {
  for (const byte of body) if (byte !== 32 && byte !== 9 && byte !== 10 && byte !== 13) return byte;
  return -1;
}

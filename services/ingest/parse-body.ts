import { isUtf8 } from "node:buffer";
import type { EventProblem } from "#core/event-check.ts";
import { MAX_EVENT_BYTES } from "./read-event.ts";
import { splitLines } from "./lines.ts";

/** One piece of a body: a parsed payload, or why it could not be read. */
export type BodyItem =
  | { raw: unknown; size: number }
  | { problem: EventProblem; size: number; text: string };

const OPEN_BRACKET = 91;

/**
 * Takes a body apart: a JSON array, one JSON object, or NDJSON, told apart by the bytes and not by the
 * Content-Type. One bad line never sinks its neighbours; an array that is not JSON is one problem.
 */
export function parseBody(body: Buffer): BodyItem[] {
  const first = firstByte(body);
  if (first === -1) return [];
  if (first === OPEN_BRACKET) return parseArray(body);
  const items: BodyItem[] = [];
  splitLines(body, (line, size) => items.push(parseLine(line, size)));
  return items.every((item) => "problem" in item) ? (parseOne(body) ?? items) : items;
}

function parseArray(body: Buffer): BodyItem[] {
  const parsed = isUtf8(body) ? tryParse(body.toString("utf8")) : undefined;
  if (!Array.isArray(parsed)) return [unreadable(body)];
  const size = Math.ceil(body.length / Math.max(1, parsed.length));
  return parsed.map((raw: unknown) => ({ raw, size }));
}

/** A single object may be printed over many lines. */
function parseOne(body: Buffer): BodyItem[] | null {
  const parsed = isUtf8(body) ? tryParse(body.toString("utf8")) : undefined;
  return parsed === undefined ? null : [{ raw: parsed, size: body.length }];
}

function parseLine(line: string | null, size: number): BodyItem {
  if (line === null) {
    return problem("MH_EVENT_NOT_UTF8", "the line is not UTF-8", size, "");
  }
  if (size > MAX_EVENT_BYTES) {
    return problem("MH_EVENT_TOO_LARGE", "the event is larger than 256 KiB", size, "");
  }
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

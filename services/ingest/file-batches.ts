import type { Format } from "#core/formats/format.ts";
import { mapPayload } from "#core/formats/map-payload.ts";
import type { Draft } from "#core/formats/read-fields.ts";
import { createSortWindow, type Sortable } from "#core/pipeline/sort-window.ts";
import { type EventTime, parseTime } from "#core/time.ts";
import { joinDocument } from "./document.ts";
import { readLines } from "./lines.ts";
import { type FormatChoice, formatOf, maxEventOf } from "./read-payload.ts";

/** Lines of a file as one body of one format, with where each came from. */
export interface FileBatch {
  body: Buffer;
  format: Format | "native";
  /** Line numbers from 0, by place in the body. */
  lines: number[];
}

interface Line extends Sortable {
  text: string;
  number: number;
  format: Format | "native";
}

const BATCH_LINES = 2_000;
/** Below what one request may hold, with room for a line of the largest size. */
const BATCH_CHARACTERS = 1 << 20;

/**
 * Reads a file in batches, its lines in event-time order as a replay would take them. Lines that
 * cannot be read go along where they stand: it is ingest that says what is wrong with them.
 */
export async function* fileBatches(file: string, choice: FormatChoice): AsyncGenerator<FileBatch> {
  const window = createSortWindow<Line>();
  let newest: EventTime = 0;
  let number = 0;
  const document = joinDocument((text) => {
    const line = placeLine(text ?? "not UTF-8", number, newest, choice);
    // Refused for its length as the whole would be, without filling a body.
    line.text = line.text.slice(0, maxEventOf(line.format) + 1);
    newest = Math.max(newest, line.at);
    window.push(line);
    number += 1;
  });
  for await (const _ of readLines(file, document.onLine)) yield* toBatches(window.take(false));
  document.end();
  yield* toBatches(window.take(true));
}

function placeLine(text: string, number: number, newest: EventTime, choice: FormatChoice): Line {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    const format = choice === "auto" ? "native" : choice;
    return { at: newest, event: { id: "" }, text, number, format };
  }
  const sample: unknown = Array.isArray(raw) ? raw[0] : raw;
  const format = choice === "auto" ? formatOf(sample) : choice;
  const { time, id } = format === "native" ? ((sample ?? {}) as Draft) : firstOf(format, sample);
  const at = typeof time === "string" ? parseTime(time) : null;
  return {
    at: at ?? newest,
    event: { id: typeof id === "string" ? id : "" },
    text,
    number,
    format,
  };
}

/** The first event of a payload, read for its place in time only. */
function firstOf(format: Format, payload: unknown): Draft {
  for (const mapped of mapPayload(format, payload, () => "")) {
    if ("draft" in mapped) return mapped.draft;
  }
  return {};
}

function* toBatches(lines: readonly Line[]): Generator<FileBatch> {
  let batch: Line[] = [];
  let characters = 0;
  for (const line of lines) {
    if (batch.length > 0 && batch[0]!.format !== line.format) {
      yield toBatch(batch);
      batch = [];
      characters = 0;
    }
    batch.push(line);
    characters += line.text.length;
    if (batch.length < BATCH_LINES && characters < BATCH_CHARACTERS) continue;
    yield toBatch(batch);
    batch = [];
    characters = 0;
  }
  if (batch.length > 0) yield toBatch(batch);
}

function toBatch(lines: readonly Line[]): FileBatch {
  return {
    body: Buffer.from(lines.map(({ text }) => text).join("\n")),
    format: lines[0]!.format,
    lines: lines.map((line) => line.number),
  };
}

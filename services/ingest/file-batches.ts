import { createSortWindow, type Sortable } from "#core/pipeline/sort-window.ts";
import { type EventTime, parseTime } from "#core/time.ts";
import { readLines } from "./lines.ts";
import { MAX_EVENT_BYTES } from "./read-event.ts";

/** Lines of a file as one body, with where each came from. */
export interface FileBatch {
  body: Buffer;
  /** Line numbers from 0, by place in the body. */
  lines: number[];
}

interface Line extends Sortable {
  text: string;
  number: number;
}

const BATCH_LINES = 2_000;
/** Below what one request may hold, with room for a line of the largest size. */
const BATCH_CHARACTERS = 1 << 20;

/**
 * Reads a file in batches, its lines in event-time order as a replay would take them. Lines that
 * cannot be read go along where they stand: it is ingest that says what is wrong with them.
 */
export async function* fileBatches(file: string): AsyncGenerator<FileBatch> {
  const window = createSortWindow<Line>();
  let newest: EventTime = 0;
  let number = 0;
  const chunks = readLines(file, (text) => {
    const line = placeLine(text ?? "not UTF-8", number, newest);
    // Refused for its length as the whole would be, without filling a body.
    line.text = line.text.slice(0, MAX_EVENT_BYTES + 1);
    newest = Math.max(newest, line.at);
    window.push(line);
    number += 1;
  });
  for await (const _ of chunks) yield* toBatches(window.take(false));
  yield* toBatches(window.take(true));
}

function placeLine(text: string, number: number, newest: EventTime): Line {
  try {
    const { time, id } = JSON.parse(text) as { time?: unknown; id?: unknown };
    const at = typeof time === "string" ? parseTime(time) : null;
    return { at: at ?? newest, event: { id: typeof id === "string" ? id : "" }, text, number };
  } catch {
    return { at: newest, event: { id: "" }, text, number };
  }
}

function* toBatches(lines: readonly Line[]): Generator<FileBatch> {
  let batch: Line[] = [];
  let characters = 0;
  for (const line of lines) {
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
    lines: lines.map((line) => line.number),
  };
}

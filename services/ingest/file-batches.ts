import { createSortWindow, type Sortable } from "#core/pipeline/sort-window.ts";
import { type EventTime, parseTime } from "#core/time.ts";
import { readLines } from "./lines.ts";

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
  for (let from = 0; from < lines.length; from += BATCH_LINES) {
    const batch = lines.slice(from, from + BATCH_LINES);
    yield {
      body: Buffer.from(batch.map(({ text }) => text).join("\n")),
      lines: batch.map((line) => line.number),
    };
  }
}

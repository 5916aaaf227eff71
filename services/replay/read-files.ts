import type { EventOrigin, EventProblem } from "#core/event-check.ts";
import { createSortWindow, isBefore, type ResolvedEvent } from "#core/pipeline/sort-window.ts";
import type { Resolution } from "#core/resolve.ts";
import { readLines } from "../ingest/lines.ts";
import { readLine } from "../ingest/read-line.ts";
import { joinDocument } from "../ingest/document.ts";
import type { FormatChoice } from "../ingest/read-payload.ts";

/** How a file is read: whose events they are, against what they are resolved, and where refused lines go. */
export interface FileReading {
  origin: EventOrigin;
  resolution: Resolution;
  format: FormatChoice;
  onProblem(file: string, index: number, problem: EventProblem, size: number): void;
  /** Bytes that were just read, unpacked. */
  onBytes(bytes: number): void;
}

/** Reads files and merges them by event time: batches in order, each file sorted within its window. */
export async function* readFiles(
  files: readonly string[],
  reading: FileReading,
): AsyncGenerator<ResolvedEvent[]> {
  if (files.length === 1) {
    yield* readFile(files[0]!, reading);
    return;
  }
  const sources = await Promise.all(
    files.map(async (file) => startSource(readFile(file, reading))),
  );
  while (sources.some((source) => source.batch)) yield await mergeStep(sources);
}

async function* readFile(file: string, reading: FileReading): AsyncGenerator<ResolvedEvent[]> {
  const window = createSortWindow<ResolvedEvent>();
  let index = 0;
  const { format, origin, resolution } = reading;
  const document = joinDocument((line, size) => {
    const at = index++;
    if (line === null) {
      const message = "the line is not UTF-8";
      reading.onProblem(file, at, { code: "MH_EVENT_NOT_UTF8", path: "", message }, size);
      return;
    }
    readLine(line, format, origin, resolution, (read) => {
      if ("problem" in read) reading.onProblem(file, at, read.problem, size);
      else window.push(read);
    });
  });
  for await (const bytes of readLines(file, document.onLine)) {
    reading.onBytes(bytes);
    const batch = window.take(false);
    if (batch.length > 0) yield batch;
  }
  document.end();
  const last = window.take(true);
  if (last.length > 0) yield last;
}

interface Source {
  batches: AsyncGenerator<ResolvedEvent[]>;
  /** Null once the file is read to its end. */
  batch: ResolvedEvent[] | null;
  next: number;
}

async function startSource(batches: AsyncGenerator<ResolvedEvent[]>): Promise<Source> {
  const source: Source = { batches, batch: null, next: 0 };
  await refill(source);
  return source;
}

async function refill(source: Source): Promise<void> {
  const { value, done } = await source.batches.next();
  source.batch = done ? null : value;
  source.next = 0;
}

/** Merges until one source's batch is used up, and fetches its next one. */
async function mergeStep(sources: readonly Source[]): Promise<ResolvedEvent[]> {
  const merged: ResolvedEvent[] = [];
  const live = sources.filter((source) => source.batch);
  while (true) {
    let first = live[0]!;
    for (const source of live) {
      if (isBefore(source.batch![source.next]!, first.batch![first.next]!)) first = source;
    }
    merged.push(first.batch![first.next]!);
    first.next += 1;
    if (first.next === first.batch!.length) {
      await refill(first);
      return merged;
    }
  }
}

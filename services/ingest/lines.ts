import { isUtf8 } from "node:buffer";
import { messageOf, MeterhoundError } from "#core/errors.ts";
import { openFile } from "./open-file.ts";

/** Lines are handed on in smaller lots than they are read, so that few events are alive at a time. */
const LOT = 1 << 16;
const NEWLINE = 10;

/** A line that is not UTF-8 is handed on as null: it cannot be read, only counted. */
export type LineReader = (line: string | null, size: number) => void;

/**
 * Reads a file (`-` is standard input, gzip is unpacked) and yields after each lot of lines was handed
 * to `onLine`, with the bytes it took; blank lines are passed over. Throws MH_FILE_UNREADABLE.
 */
export async function* readLines(file: string, onLine: LineReader): AsyncGenerator<number> {
  let rest: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of openFile(file)) {
      const buffer = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
      let start = 0;
      for (let end = endOfLot(buffer, 0); end > start; end = endOfLot(buffer, start)) {
        splitLines(buffer.subarray(start, end), onLine);
        yield end - start;
        start = end;
      }
      rest = buffer.subarray(start);
    }
  } catch (error) {
    throw new MeterhoundError(
      "MH_FILE_UNREADABLE",
      { file, problem: messageOf(error) },
      { cause: error },
    );
  }
  splitLines(rest, onLine);
  yield rest.length;
}

/** Where the last line ends that begins in the lot, or the only one if that is longer; `start` where no line ends. */
function endOfLot(buffer: Buffer, start: number): number {
  const end = buffer.lastIndexOf(NEWLINE, start + LOT - 1) + 1;
  return end > start ? end : Math.max(start, buffer.indexOf(NEWLINE, start + LOT - 1) + 1);
}

/** Hands each line of a buffer to `onLine`. */
export function splitLines(buffer: Buffer, onLine: LineReader): void {
  const valid = isUtf8(buffer);
  let start = 0;
  while (start < buffer.length) {
    let end = buffer.indexOf(NEWLINE, start);
    if (end === -1) end = buffer.length;
    if (!isBlank(buffer, start, end)) {
      const readable = valid || isUtf8(buffer.subarray(start, end));
      onLine(readable ? withoutMark(buffer.toString("utf8", start, end)) : null, end - start);
    }
    start = end + 1;
  }
}

/** Some editors begin a file with a byte order mark. */
function withoutMark(line: string): string {
  return line.charCodeAt(0) === 0xfeff ? line.slice(1) : line;
}

function isBlank(buffer: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const byte = buffer[i]!;
    if (byte !== 32 && byte !== 9 && byte !== 13) return false;
  }
  return true;
}

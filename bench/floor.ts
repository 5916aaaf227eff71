const NEWLINE = 10;

/** The floor of every ratio to a file: splits a buffer into lines and runs JSON.parse on each. Answers how many. */
export function parseLines(buffer: Buffer): number {
  let count = 0;
  let start = 0;
  while (start < buffer.length) {
    let end = buffer.indexOf(NEWLINE, start);
    if (end === -1) end = buffer.length;
    if (end > start) {
      JSON.parse(buffer.toString("utf8", start, end));
      count += 1;
    }
    start = end + 1;
  }
  return count;
}

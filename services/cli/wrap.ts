import { alignColumns } from "./align-columns.ts";

const WIDTH = 110;
/** A last column is never narrower than this, however long the ones before. */
const NARROWEST = 40;

/** Text in lines of a readable length, broken between words. */
export function wrap(text: string, width = WIDTH): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}

/** Rows of cells as lines in columns; the last column goes on below itself. */
export function wrapColumns(rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const others = rows.map((row) => row.slice(0, -1));
  const widths = others[0]!.map((_, i) => Math.max(...others.map((row) => row[i]!.length)) + 2);
  const start = widths.reduce((sum, width) => sum + width, 0);
  const cells = rows.flatMap((row) => {
    const [first = "", ...more] = wrap(row.at(-1)!, Math.max(WIDTH - start, NARROWEST));
    return [[...row.slice(0, -1), first], ...more.map((line) => [...widths.map(() => ""), line])];
  });
  return alignColumns(cells, new Set()).split("\n");
}

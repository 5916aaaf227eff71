import type { FileProblem } from "../located.ts";

/** A cell and where it begins, both from 1. */
export interface Cell {
  text: string;
  line: number;
  column: number;
}

const CELL = /[ \t]*"([^"]*(?:""[^"]*)*)"[ \t]*(,|\r\n|\n|\r|$)|([^",\r\n]*)(,|\r\n|\n|\r|$)/y;
const LINE_END = /\r\n|\n|\r/g;

/** Reads CSV as RFC 4180 has it: quoted cells may hold commas, quotes and line breaks. Blank lines are skipped, cells trimmed. */
export function parseCsv(file: string, text: string): { rows: Cell[][]; problems: FileProblem[] } {
  const rows: Cell[][] = [];
  const problems: FileProblem[] = [];
  let position = text.startsWith("\uFEFF") ? 1 : 0;
  let line = 1;
  let lineStart = position;
  let row: Cell[] = [];
  const moveTo = (next: number) => {
    for (const end of text.slice(position, next).matchAll(LINE_END)) {
      line += 1;
      lineStart = position + end.index + end[0].length;
    }
    position = next;
  };
  const endRow = () => {
    if (row.length > 1 || row[0]?.text) rows.push(row);
    row = [];
  };
  while (position < text.length || row.length > 0) {
    const column = position - lineStart + 1;
    CELL.lastIndex = position;
    const match = CELL.exec(text);
    if (!match) {
      problems.push({ file, line, column, path: "", message: whatIsWrong(text, position) });
      const end = text.slice(position).search(LINE_END);
      moveTo(end < 0 ? text.length : position + end + 1);
      row = [];
      continue;
    }
    const [whole, quoted, endOfQuoted, plain = "", endOfPlain] = match;
    row.push({ text: (quoted?.replaceAll('""', '"') ?? plain).trim(), line, column });
    moveTo(position + whole.length);
    if ((endOfQuoted ?? endOfPlain) !== ",") endRow();
  }
  return { rows, problems };
}

function whatIsWrong(text: string, position: number): string {
  const cell = text.slice(position).trimStart();
  if (!cell.startsWith('"'))
    return 'a quote inside a cell: put the whole cell in quotes and write ""';
  return /^"[^"]*(?:""[^"]*)*"/.test(cell)
    ? "text after the closing quote"
    : "the quote is never closed";
}

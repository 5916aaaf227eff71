import type { z } from "zod";
import { checkLocated, type FileProblem, type Locate } from "../located.ts";
import { didYouMean } from "../nearest.ts";
import { type Cell, parseCsv } from "./csv.ts";
import type { Entry, SiteFile } from "./entry.ts";

/** What a CSV file of a site holds: a header row with names of columns, then a row each entry. */
export interface Table<T> {
  row: z.ZodType<T>;
  columns: readonly string[];
  /** Columns the header must name. */
  required: readonly string[];
  /** Columns whose cells hold several texts, separated by `;`. */
  lists?: readonly string[];
}

/** Parses a CSV file; an empty cell is an absent key. Each problem is told at its cell. */
export function parseTable<T>(file: string, text: string, table: Table<T>): SiteFile<T> {
  const { rows, problems } = parseCsv(file, text);
  const [header = [], ...body] = rows;
  const headerProblems = checkHeader(file, header, table);
  if (headerProblems.length > 0) return { entries: [], problems: [...problems, ...headerProblems] };
  const entries: Entry<T>[] = [];
  for (const row of body) {
    const at = locateIn(file, header, row);
    if (row.length !== header.length) {
      problems.push(at([], `${row.length} cells, but the header has ${header.length}`));
      continue;
    }
    const checked = checkLocated(toTree(header, row, table.lists ?? []), table.row, at);
    if (checked.value !== null) entries.push({ value: checked.value, at });
    else problems.push(...checked.problems);
  }
  return { entries, problems: problems.toSorted((a, b) => a.line - b.line) };
}

function checkHeader(
  file: string,
  header: readonly Cell[],
  { columns, required }: Omit<Table<unknown>, "row">,
): FileProblem[] {
  const problems: FileProblem[] = [];
  header.forEach(({ text, line, column }, i) => {
    const twice = header.findIndex((cell) => cell.text === text) !== i;
    if (columns.includes(text) && !twice) return;
    const message = twice
      ? "the column is given twice"
      : `unknown column${didYouMean(text, columns)}`;
    problems.push({ file, line, column, path: text, message });
  });
  const missing = required.find((name) => !header.some(({ text }) => text === name));
  if (problems.length === 0 && missing !== undefined) {
    const message = `the header row needs the column ${missing}; it may name ${columns.join(", ")}`;
    problems.push({ file, line: 1, column: 1, path: "", message });
  }
  return problems;
}

function toTree(
  header: readonly Cell[],
  row: readonly Cell[],
  lists: readonly string[],
): Record<string, unknown> {
  const filled = header.flatMap(({ text: name }, i) => {
    const text = row[i]?.text;
    return text ? [[name, lists.includes(name) ? splitList(text) : text] as const] : [];
  });
  return Object.fromEntries(filled);
}

function splitList(text: string): string[] {
  const items = text.split(";").map((item) => item.trim());
  return items.filter((item) => item !== "");
}

/** A field's problem is at its cell, any other at the start of the row. */
function locateIn(file: string, header: readonly Cell[], row: readonly Cell[]): Locate {
  return (path, message) => {
    const named = row[header.findIndex(({ text }) => text === path[0])];
    const { line = 1, column = 1 } = named ?? row[0] ?? {};
    return { file, line, column, path: path.map(String).join("."), message };
  };
}

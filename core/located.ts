import { isMap, isNode, isPair, LineCounter, parseDocument, type Document, type Node } from "yaml";
import type { z } from "zod";

/** One thing wrong in a file a person wrote, with its place and what is expected there. */
export interface FileProblem {
  file: string;
  line: number;
  column: number;
  /** Dotted path inside the file, empty for the file itself. */
  path: string;
  message: string;
}

export type Located<T> =
  | { value: T; problems: readonly []; at: Locate }
  | { value: null; problems: readonly FileProblem[]; at: Locate };

/** Makes a problem at a path of the file, for checks that come after the schema. */
export type Locate = (path: readonly PropertyKey[], message: string) => FileProblem;

/** Parses YAML against a strict schema and reports everything that is wrong at once, each with line and column. */
export function parseLocated<T>(file: string, text: string, schema: z.ZodType<T>): Located<T> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const at: Locate = (path, message) => {
    const offset = offsetOf(document, path);
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col, path: path.map(String).join("."), message };
  };
  if (document.errors.length > 0) {
    const problems = document.errors.map((error): FileProblem => {
      const { line, col } = lines.linePos(error.pos[0]);
      return { file, line, column: col, path: "", message: error.message };
    });
    return { value: null, problems, at };
  }
  const parsed = schema.safeParse(document.toJS({ maxAliasCount: 1_000 }) ?? {});
  if (parsed.success) return { value: parsed.data, problems: [], at };
  return { value: null, problems: parsed.error.issues.flatMap((issue) => toProblems(issue, at)), at };
}

/** `meterhound.yml:3:5: api.prot: unknown key, did you mean "port"?` */
export function describeProblem({ file, line, column, path, message }: FileProblem): string {
  return `${file}:${line}:${column}: ${path ? `${path}: ` : ""}${message}`;
}

/** The nearest of the known names, where one is near enough to be meant. */
export function nearest(name: string, known: readonly string[]): string | null {
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best && best.distance <= Math.max(1, Math.floor(name.length / 3)) ? best.candidate : null;
}

function toProblems(issue: z.core.$ZodIssue, at: Locate): FileProblem[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => at([...issue.path, key], "unknown key"));
  }
  return [at(issue.path, issue.message)];
}

/** Offset of the key or item at a path, or of the nearest parent that exists. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const parent = document.getIn(path.slice(0, length - 1), true);
    const key = path[length - 1];
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isPair(item) && keyText(item.key) === String(key));
      if (pair && isNode(pair.key)) return start(pair.key);
    }
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node)) return start(node);
  }
  return isNode(document.contents) ? start(document.contents) : 0;
}

function keyText(key: unknown): string {
  return isNode(key) ? String((key as Node & { value?: unknown }).value) : String(key);
}

function start(node: Node): number {
  return node.range?.[0] ?? 0;
}

/** Levenshtein distance, two rows. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, replace);
    }
    row = next;
  }
  return row[b.length]!;
}

import { isMap, isNode, isPair, LineCounter, parseDocument, type Document, type Node } from "yaml";
import type { z } from "zod";
import { explainIssue, unionIssues } from "./issue-message.ts";
import { didYouMean } from "./nearest.ts";
import { keysAt } from "./schema-keys.ts";

/** One thing wrong in a file a person wrote, with its place and what is expected there. */
export interface FileProblem {
  file: string;
  /** From 1; 0 where the problem has no line: an environment variable, a file that cannot be read. */
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
  const { tree, problems, at } = readLocated(file, text);
  return problems.length > 0 ? { value: null, problems, at } : checkLocated(tree, schema, at);
}

/** Reads YAML without a schema: plain data, an empty map for an empty file. */
export function readLocated(
  file: string,
  text: string,
): { tree: unknown; problems: readonly FileProblem[]; at: Locate } {
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
    return { tree: {}, problems, at };
  }
  try {
    return { tree: document.toJS({ maxAliasCount: 1_000 }) ?? {}, problems: [], at };
  } catch (error) {
    // Aliases that unfold to more than anyone writes by hand.
    const message = error instanceof Error ? error.message : String(error);
    return { tree: {}, problems: [at([], message)], at };
  }
}

/** Checks plain data against a schema; `at` says where each value came from. */
export function checkLocated<T>(tree: unknown, schema: z.ZodType<T>, at: Locate): Located<T> {
  const parsed = schema.safeParse(tree, { error: explainIssue });
  if (parsed.success) return { value: parsed.data, problems: [], at };
  const { issues } = parsed.error;
  // A value of the wrong type fails some later checks too (`[]` is also "too short" a text).
  const mistyped = new Set(
    issues.filter(({ code }) => code === "invalid_type").map(({ path }) => path.join("\0")),
  );
  const problems = issues
    .filter(({ code, path }) => code === "invalid_type" || !mistyped.has(path.join("\0")))
    .flatMap((issue) => toProblems(issue, schema, at));
  return { value: null, problems: problems.toSorted(byPlace), at };
}

function byPlace(a: FileProblem, b: FileProblem): number {
  return a.line - b.line || a.column - b.column;
}

/** `meterhound.yml:3:5: api.prot: unknown key, did you mean "port"?` */
export function describeProblem({ file, line, column, path, message }: FileProblem): string {
  const place = line > 0 ? `${file}:${line}:${column}` : file;
  return `${place}: ${path ? `${path}: ` : ""}${message}`;
}

function toProblems(issue: z.core.$ZodIssue, schema: z.ZodType, at: Locate): FileProblem[] {
  if (issue.code === "unrecognized_keys") {
    const known = keysAt(schema, issue.path);
    return issue.keys.map((key) =>
      at([...issue.path, key], `unknown key${didYouMean(key, known)}`),
    );
  }
  if (issue.code === "invalid_union" && issue.message === "Invalid input") {
    return unionIssues(issue).flatMap((inner) => toProblems(inner, schema, at));
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

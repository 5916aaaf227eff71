import type { OtherCode } from "../quality.ts";
import type { FieldProblem } from "./field-problem.ts";
import type { FieldTable, Mapping } from "./fields.ts";
import type { Draft } from "./read-fields.ts";
import type { TokenMeaning } from "./tokens.ts";

/** One record of a payload, and where it stands in it. */
export interface FormatRecord {
  /** `Records[3]`; empty where the payload is the record. */
  path: string;
  record: unknown;
  /** Why it cannot be taken for a record at all. */
  problem?: FieldProblem;
}

/**
 * One system's own payload, and how it becomes canonical events: pure, and everything the docs say of
 * it is read from here.
 */
export interface Format {
  /** As routes and `--format` name it. */
  readonly name: string;
  readonly title: string;
  /** The routes that take it. */
  readonly routes: readonly string[];
  /** What it calls input tokens: with the cached ones or without; null where it has no tokens. */
  readonly tokens: TokenMeaning | null;
  /** What it knows of parents: true edges, groups of calls, or nothing. */
  readonly lineage: "edges" | "session" | "none";
  /** Quality codes of every event, for what the format cannot tell. */
  readonly cannot: readonly OtherCode[];
  /** Quality codes that depend on the record. */
  readonly sometimes: readonly OtherCode[];
  /** What follows from both, in a sentence. */
  readonly follows: string;
  /** Its kinds of records, each with the canonical fields it carries. */
  readonly tables: Readonly<Record<string, FieldTable>>;
  /** True where the parsed payload looks like one of it: what `auto` asks. */
  isLike(payload: unknown): boolean;
  /** The records of one payload; lists of payloads are taken apart before. */
  unpack(payload: unknown): Iterable<FormatRecord>;
  /** The events of one record, mostly one. Throws FieldProblem. */
  map(record: object, mapping: Mapping): readonly Draft[];
}

/** The record is the payload. */
export function asOneRecord(payload: unknown): readonly FormatRecord[] {
  return [{ path: "", record: payload }];
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

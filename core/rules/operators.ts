import type { FieldKind } from "../event-fields.ts";
import { matchesGlob } from "../glob.ts";
import { didYouMean } from "../nearest.ts";
import { parseCidr } from "./cidr.ts";
import type { FieldValue } from "./fields.ts";

type Test = (value: FieldValue | undefined) => boolean;

/** Makes the test of one operator, or says what it takes instead. */
type Operator = (wanted: unknown, kind: FieldKind) => Test | string;

/** The operators of the match language. A missing value fails all of them but `ne` and `exists: false`. */
export const OPERATORS: Readonly<Record<string, Operator>> = {
  eq: (wanted, kind) => constant(wanted, kind, (value) => (given) => given === value),
  ne: (wanted, kind) => constant(wanted, kind, (value) => (given) => given !== value),
  in: (wanted, kind) =>
    constants(wanted, kind, (set) => (given) => given !== undefined && set.has(given)),
  not_in: (wanted, kind) =>
    constants(wanted, kind, (set) => (given) => given !== undefined && !set.has(given)),
  gt: (wanted, kind) => comparison(wanted, kind, (a, b) => a > b),
  gte: (wanted, kind) => comparison(wanted, kind, (a, b) => a >= b),
  lt: (wanted, kind) => comparison(wanted, kind, (a, b) => a < b),
  lte: (wanted, kind) => comparison(wanted, kind, (a, b) => a <= b),
  exists: (wanted) =>
    typeof wanted === "boolean"
      ? (given) => (given !== undefined) === wanted
      : "`exists` takes true or false",
  prefix: (wanted, kind) =>
    text(wanted, kind, "prefix", (start) => (given) => given.startsWith(start)),
  glob: (wanted, kind) =>
    text(wanted, kind, "glob", (pattern) => (given) => matchesGlob(pattern, given)),
  cidr: (wanted, kind) => {
    const made = text(wanted, kind, "cidr", (range) => parseCidr(range) ?? (() => false));
    if (typeof made === "string" || parseCidr(String(wanted))) return made;
    return "`cidr` takes a range like 198.51.100.0/24 or 2001:db8::/32";
  },
};

function constant(wanted: unknown, kind: FieldKind, make: (value: FieldValue) => Test) {
  const value = valueOf(wanted, kind);
  return typeof value === "object" ? value.problem : make(value);
}

function constants(
  wanted: unknown,
  kind: FieldKind,
  make: (values: ReadonlySet<FieldValue>) => Test,
): Test | string {
  if (!Array.isArray(wanted) || wanted.length === 0) return "takes a list of values";
  const values = wanted.map((one) => valueOf(one, kind));
  const set = new Set<FieldValue>();
  for (const value of values) {
    if (typeof value === "object") return value.problem;
    set.add(value);
  }
  return make(set);
}

/** The constant as the field would hold it. */
export function valueOf(wanted: unknown, kind: FieldKind): FieldValue | { problem: string } {
  if (isNumeric(kind)) {
    return typeof wanted === "number" ? wanted : { problem: "the field holds a number" };
  }
  if (kind.kind === "label" && typeof wanted === "number") return String(wanted);
  if (typeof wanted !== "string") return { problem: "the field holds a text" };
  if (kind.kind !== "choice" || kind.choices.has(wanted)) return wanted;
  const choices = [...kind.choices];
  return { problem: `must be one of ${choices.join(", ")}${didYouMean(wanted, choices)}` };
}

function comparison(
  wanted: unknown,
  kind: FieldKind,
  compare: (a: number, b: number) => boolean,
): Test | string {
  if (typeof wanted !== "number") return "takes a number";
  if (kind.kind === "money")
    return (given) => given !== undefined && compare(Number(given), wanted);
  if (!isNumeric(kind)) return "compares numbers, and the field holds a text";
  return (given) => typeof given === "number" && compare(given, wanted);
}

function text(
  wanted: unknown,
  kind: FieldKind,
  name: string,
  make: (wanted: string) => (given: string) => boolean,
): Test | string {
  if (isNumeric(kind)) return `\`${name}\` looks at texts, and the field holds a number`;
  if (typeof wanted !== "string" || wanted === "") return `\`${name}\` takes a text`;
  const test = make(wanted);
  return (given) => typeof given === "string" && test(given);
}

function isNumeric({ kind }: FieldKind): boolean {
  return kind === "count" || kind === "number";
}

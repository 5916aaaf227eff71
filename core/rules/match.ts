import type { Observed, Requirement } from "../detector.ts";
import type { FileProblem, Locate } from "../located.ts";
import { didYouMean } from "../nearest.ts";
import { type Field, fieldOf, type FieldValue, RULE_FIELDS } from "./fields.ts";
import { OPERATORS, valueOf } from "./operators.ts";

export type Predicate = (observed: Observed) => boolean;

type Path = readonly PropertyKey[];

/** One predicate, and what is wrong with how it was written. */
interface Compiled {
  holds: Predicate;
  /** What must be so for it to hold, as far as that is one of some values of a field. */
  requires: Requirement | null;
  problems: FileProblem[];
}

const NESTED = ["any", "all", "not"];

/**
 * Compiles a selection: fields with a value, a list of values or operators; siblings are AND, `any`,
 * `all` and `not` nest. Everything is decided here, so that an event costs no allocation.
 */
export function compileSelection(
  selection: Readonly<Record<string, unknown>>,
  path: Path,
  at: Locate,
): Compiled {
  const parts = Object.entries(selection).map(([name, wanted]) =>
    NESTED.includes(name)
      ? compileNested(name, wanted, [...path, name], at)
      : compileField(name, wanted, [...path, name], at),
  );
  return all(parts);
}

/** All of them hold; of what they require one is enough to tell most events apart. */
function all(parts: readonly Compiled[]): Compiled {
  return {
    holds: allOf(parts.map((part) => part.holds)),
    requires: parts.find((part) => part.requires)?.requires ?? null,
    problems: parts.flatMap((part) => part.problems),
  };
}

function compileNested(name: string, wanted: unknown, path: Path, at: Locate): Compiled {
  if (name === "not") {
    if (!isMap(wanted)) return failed(at(path, "`not` takes one selection"));
    const { holds, problems } = compileSelection(wanted, path, at);
    return { holds: (observed) => !holds(observed), requires: null, problems };
  }
  if (!Array.isArray(wanted) || wanted.length === 0 || !wanted.every(isMap)) {
    return failed(at(path, `\`${name}\` takes a list of selections`));
  }
  const parts = wanted.map((part, i) => compileSelection(part, [...path, i], at));
  if (name === "all") return all(parts);
  const tests = parts.map((part) => part.holds);
  return {
    holds: (observed) => tests.some((test) => test(observed)),
    requires: null,
    problems: parts.flatMap((part) => part.problems),
  };
}

function compileField(name: string, wanted: unknown, path: Path, at: Locate): Compiled {
  const field = fieldOf(name);
  if (!field) {
    return failed(at(path, `unknown event field "${name}"${didYouMean(name, RULE_FIELDS)}`));
  }
  if (!isMap(wanted)) {
    const operator = Array.isArray(wanted) ? "in" : "eq";
    return compileOperator(name, field, operator, wanted, path, at);
  }
  const parts = Object.entries(wanted).map(([operator, value]) =>
    compileOperator(name, field, operator, value, [...path, operator], at),
  );
  if (parts.length === 0) return failed(at(path, "names no operator"));
  return all(parts);
}

function compileOperator(
  fieldName: string,
  field: Field,
  name: string,
  wanted: unknown,
  path: Path,
  at: Locate,
): Compiled {
  const operator = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
  if (!operator) {
    return failed(
      at(path, `unknown operator "${name}"${didYouMean(name, Object.keys(OPERATORS))}`),
    );
  }
  const made = operator(wanted, field.kind);
  if (typeof made === "string") return failed(at(path, made));
  const test: (value: FieldValue | undefined) => boolean = made;
  const { read } = field;
  const requires = requirementOf(fieldName, field, name, wanted);
  return { holds: (observed) => test(read(observed)), requires, problems: [] };
}

/** Of `eq` and `in`: the values that the operator compares with. */
function requirementOf(
  name: string,
  { read, kind }: Field,
  operator: string,
  wanted: unknown,
): Requirement | null {
  if (operator !== "eq" && operator !== "in") return null;
  const values = new Set<FieldValue>();
  for (const one of operator === "in" ? (wanted as unknown[]) : [wanted]) {
    const value = valueOf(one, kind);
    if (typeof value !== "object") values.add(value);
  }
  return { field: name, read, values };
}

function allOf(tests: readonly Predicate[]): Predicate {
  const [first, second] = tests;
  if (!first) return () => true;
  if (!second) return first;
  if (tests.length === 2) return (observed) => first(observed) && second(observed);
  return (observed) => {
    for (const test of tests) if (!test(observed)) return false;
    return true;
  };
}

function failed(problem: FileProblem): Compiled {
  return { holds: () => false, requires: null, problems: [problem] };
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

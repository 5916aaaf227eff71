import type { z } from "zod";
import { didYouMean } from "./nearest.ts";

const EXPECTED: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "a map of keys",
  record: "a map of keys",
  array: "a list",
};

/** Words an issue for people who write files, not schemas. Never shows the value: it may be a secret. */
export const explainIssue: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case "invalid_type":
      return explainType(EXPECTED[issue.expected] ?? issue.expected, issue.input);
    case "invalid_value": {
      const values = issue.values.map(String);
      const list = values.map((value) => `"${value}"`).join(", ");
      const must = `must be ${values.length > 1 ? "one of " : ""}${list}`;
      if (issue.input === undefined) return `is missing: ${must}`;
      return typeof issue.input === "string" ? must + didYouMean(issue.input, values) : must;
    }
    case "too_small":
      if (issue.origin === "number") return `must be at least ${issue.minimum}`;
      return issue.minimum === 1 ? "must not be empty" : undefined;
    case "too_big":
      return issue.origin === "number" ? `must be at most ${issue.maximum}` : undefined;
    case "custom":
    case "invalid_element":
    case "invalid_format":
    case "invalid_key":
    case "invalid_union":
    case "not_multiple_of":
    case "unrecognized_keys":
    default:
      return undefined;
  }
};

function explainType(expected: string, input: unknown): string {
  if (input === undefined) return `is missing: ${expected} is expected`;
  if (input === null) return `must be ${expected}, not empty`;
  if (expected === "text" && typeof input === "number") return "must be text: put it in quotes";
  if (expected === "a whole number" && Number.isFinite(input)) return `must be ${expected}`;
  return `must be ${expected}, not ${kindOf(input)}`;
}

function kindOf(input: unknown): string {
  if (Array.isArray(input)) return "a list";
  if (typeof input === "number" && !Number.isFinite(input)) return String(input);
  return EXPECTED[typeof input] ?? typeof input;
}

/**
 * The issues of a union's branches as one: those of the branch the value was clearly meant for, else
 * what every branch would have taken.
 */
export function unionIssues(issue: z.core.$ZodIssueInvalidUnion): readonly z.core.$ZodIssue[] {
  const isOther = ({ code, path }: z.core.$ZodIssue) =>
    path.length === 0 && (code === "invalid_type" || code === "invalid_value");
  const meant = issue.errors.find((branch) => branch.length > 0 && !branch.some(isOther));
  if (meant) return meant.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
  const messages = [...new Set(issue.errors.flatMap((branch) => branch.map((i) => i.message)))];
  return [{ code: "custom", path: issue.path, message: messages.join(" or "), input: undefined }];
}

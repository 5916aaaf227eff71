import type { ErrorCode } from "../errors.ts";

/** Thrown while a record is mapped: which field of the source's own payload cannot be read, and why. */
export class FieldProblem extends Error {
  readonly code: ErrorCode;
  /** Inside the record, in the source's own names. */
  readonly path: string;

  constructor(code: ErrorCode, path: string, message: string) {
    super(message);
    this.code = code;
    this.path = path;
  }
}

export function missing(path: string): FieldProblem {
  return new FieldProblem("MH_EVENT_MISSING_FIELD", path, `\`${path}\` is required`);
}

export function wrongType(path: string, expected: string): FieldProblem {
  return new FieldProblem("MH_EVENT_WRONG_TYPE", path, `\`${path}\` must be ${expected}`);
}

export function badValue(path: string, expected: string): FieldProblem {
  return new FieldProblem("MH_EVENT_BAD_VALUE", path, `\`${path}\` must be ${expected}`);
}

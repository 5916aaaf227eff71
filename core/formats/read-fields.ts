import { missing } from "./field-problem.ts";
import type { FieldTable, Mapping } from "./fields.ts";

/** A canonical payload under construction: checked afterwards as any sender's. */
export interface Draft {
  id?: string;
  time?: string;
  tenant?: string;
  source?: string;
  type?: "usage" | "audit";
  revision?: number;
  [section: string]: unknown;
}

/**
 * Makes the function that reads every field of a table; what a record does not say stays absent, only
 * the time of a call must be known. Throws FieldProblem.
 */
export function createReader(table: FieldTable): (record: object, mapping: Mapping) => Draft {
  const plan = Object.entries(table).map(([path, { read }]) => {
    const [section = "", name] = path.split(".");
    return { section, name, read };
  });
  return (record, mapping) => {
    const draft: Draft = {};
    for (const { section, name, read } of plan) {
      const value = read(record, mapping);
      if (value === undefined) {
        if (section === "time") throw missing(table["time"]!.from[0]!);
        continue;
      }
      if (name === undefined) draft[section] = value;
      else sectionOf(draft, section)[name] = value;
    }
    return draft;
  };
}

/** The section of a draft, made where it is not there yet. */
export function sectionOf(draft: Draft, section: string): Record<string, unknown> {
  return (draft[section] ??= {}) as Record<string, unknown>;
}

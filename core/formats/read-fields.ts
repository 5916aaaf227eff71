import { missing } from "./field-problem.ts";
import type { Field, FieldTable, Mapping } from "./fields.ts";

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
  const plan = sectionsOf(table);
  return (record, mapping) => {
    const draft: Draft = {};
    for (const { section, field, fields } of plan) {
      const value = field ? field.read(record, mapping) : readSection(fields, record, mapping);
      if (value !== undefined) draft[section] = value;
      else if (section === "time") throw missing(table["time"]!.from[0]!);
    }
    return draft;
  };
}

/** A field of the event itself, or the fields of one of its sections. */
interface Section {
  section: string;
  field?: Field;
  fields: { name: string; read: Field["read"] }[];
}

function sectionsOf(table: FieldTable): Section[] {
  const sections = new Map<string, Section>();
  for (const [path, field] of Object.entries(table)) {
    const [section = "", name] = path.split(".");
    const known = sections.get(section) ?? { section, fields: [] };
    if (name === undefined) known.field = field;
    else known.fields.push({ name, read: field.read });
    sections.set(section, known);
  }
  return [...sections.values()];
}

/** Undefined where the record says nothing of it. */
function readSection(
  fields: Section["fields"],
  record: object,
  mapping: Mapping,
): Record<string, unknown> | undefined {
  let values: Record<string, unknown> | undefined;
  for (const { name, read } of fields) {
    const value = read(record, mapping);
    if (value !== undefined) (values ??= {})[name] = value;
  }
  return values;
}

/** The section of a draft, made where it is not there yet. */
export function sectionOf(draft: Draft, section: string): Record<string, unknown> {
  return (draft[section] ??= {}) as Record<string, unknown>;
}

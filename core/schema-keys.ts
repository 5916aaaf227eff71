import { z } from "zod";

/** One key a schema knows, as help, reference pages and the environment overlay need it. */
export interface SchemaKey {
  /** `[]` stands for the items of a list. */
  path: readonly string[];
  /** Without the wrappers that make it optional. */
  schema: z.ZodType;
  optional: boolean;
  /** Undefined where there is none, or where a section takes the defaults of its keys. */
  default: unknown;
  description: string;
}

/** Every key of a schema in the order it was written, sections and lists before what they hold. */
export function listKeys(schema: z.ZodType, path: readonly string[] = []): SchemaKey[] {
  const { bare } = unwrap(schema);
  if (bare instanceof z.ZodArray) return listKeys(bare.element as z.ZodType, [...path, "[]"]);
  if (!(bare instanceof z.ZodObject)) return [];
  return Object.entries(bare.shape as Record<string, z.ZodType>).flatMap(([name, child]) => {
    const { bare: inner, ...rest } = unwrap(child);
    const key = { path: [...path, name], schema: inner, ...rest };
    return [key, ...listKeys(inner, key.path)];
  });
}

/** The keys a schema takes at a path of the value; of a union, those of every branch. */
export function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  const { bare } = unwrap(schema);
  if (bare instanceof z.ZodUnion) {
    return bare.options.flatMap((option) => keysAt(option as z.ZodType, path));
  }
  const [name, ...rest] = path;
  if (bare instanceof z.ZodObject) {
    const shape = bare.shape as Record<string, z.ZodType>;
    if (name === undefined) return Object.keys(shape);
    const child = shape[String(name)];
    return child ? keysAt(child, rest) : [];
  }
  if (name === undefined) return [];
  if (bare instanceof z.ZodArray) return keysAt(bare.element as z.ZodType, rest);
  if (bare instanceof z.ZodRecord) return keysAt(bare.valueType as z.ZodType, rest);
  return [];
}

function unwrap(schema: z.ZodType): Omit<SchemaKey, "path" | "schema"> & { bare: z.ZodType } {
  let bare = schema;
  let optional = false;
  let fallback: unknown;
  let description = schema.description ?? "";
  for (;;) {
    if (bare instanceof z.ZodDefault) fallback = bare.def.defaultValue;
    const inner = innerOf(bare);
    if (!inner) return { bare, optional, default: fallback, description };
    optional ||= !(bare instanceof z.ZodPipe);
    bare = inner;
    description ||= bare.description ?? "";
  }
}

function innerOf(schema: z.ZodType): z.ZodType | null {
  if (schema instanceof z.ZodPipe) return schema.in as z.ZodType;
  const wrapped =
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodExactOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault;
  return wrapped ? (schema.unwrap() as z.ZodType) : null;
}

import { wrongType } from "./field-problem.ts";
import { isObject } from "./format.ts";

/** Attribute names, dots and all, to plain values; without a prototype of JavaScript's, so every name is a name. */
export type Attributes = Record<string, unknown>;

const MAX_DEPTH = 16;

/**
 * The attributes of a span, a log record or a resource as plain values. Those of `base` shine through
 * where no own one has the name. Numbers of 64 bits stay texts. Throws FieldProblem.
 */
export function plainAttributes(list: unknown, path: string, base: Attributes | null): Attributes {
  return addAttributes(list, path, Object.create(base) as Attributes, 0);
}

function addAttributes(list: unknown, path: string, into: Attributes, depth: number): Attributes {
  if (list === undefined || list === null) return into;
  if (!Array.isArray(list)) throw wrongType(path, "a list");
  for (let i = 0; i < list.length; i++) {
    const item: unknown = list[i];
    if (!isObject(item) || typeof item["key"] !== "string") {
      throw wrongType(`${path}[${i}]`, "a key and a value");
    }
    into[item["key"]] = plainValue(item["value"], path, i, depth);
  }
  return into;
}

/** An AnyValue: an object with one key that says what it holds; an empty one holds nothing. */
function plainValue(value: unknown, path: string, index: number, depth: number): unknown {
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) throw wrongType(placeOf(path, index, ""), "an object");
  for (const kind in value) {
    const held = value[kind];
    switch (kind) {
      case "stringValue":
        if (typeof held === "string") return held;
        throw wrongType(placeOf(path, index, kind), "a string");
      case "boolValue":
        if (typeof held === "boolean") return held;
        throw wrongType(placeOf(path, index, kind), "true or false");
      case "intValue":
      case "doubleValue":
        if (typeof held === "number" || typeof held === "string") return held;
        throw wrongType(placeOf(path, index, kind), "a number");
      case "arrayValue":
      case "kvlistValue":
        if (!isObject(held)) throw wrongType(placeOf(path, index, kind), "an object");
        if (depth === MAX_DEPTH) return undefined;
        return plainValues(held["values"], kind, placeOf(path, index, kind), depth + 1);
    }
  }
  return undefined;
}

function plainValues(list: unknown, kind: string, path: string, depth: number): unknown {
  const place = `${path}.values`;
  if (kind === "kvlistValue") {
    return addAttributes(list, place, Object.create(null) as Attributes, depth);
  }
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) throw wrongType(place, "a list");
  return list.map((value, i) => plainValue(value, place, i, depth));
}

function placeOf(path: string, index: number, kind: string): string {
  return `${path}[${index}].value${kind && `.${kind}`}`;
}

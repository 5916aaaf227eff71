import { formatTime } from "../time.ts";
import { type Field, flat } from "./fields.ts";
import { wrongType } from "./field-problem.ts";

const MAX_NANOS = 2 ** 64;

/**
 * Milliseconds of nanoseconds since the epoch, a text of digits or a number; undefined where it is 0,
 * which OTLP writes for what it does not know. Cut from the text, since a double is too short for them.
 * Throws FieldProblem.
 */
export function millisOfNanos(nanos: unknown, path: string): number | undefined {
  if (nanos === undefined || nanos === null || nanos === "") return undefined;
  if (typeof nanos === "string" && /^\d{1,20}$/.test(nanos)) {
    return Number(nanos.slice(0, -6)) || undefined;
  }
  if (typeof nanos === "number" && nanos >= 0 && nanos < MAX_NANOS) {
    // Rounded to microseconds first: a double of this size is off by up to 128 ns.
    return Math.floor(Math.round(nanos / 1e3) / 1e3) || undefined;
  }
  throw wrongType(path, "nanoseconds since 1970");
}

/** The first of some times that is known, less so many milliseconds where `before` tells them. */
export function nanosTime(names: readonly string[], before?: Field): Field {
  const from = before ? names.map((name) => `${name} - ${before.from[0]}`) : names;
  const places = names.map((name) => ({ name, find: flat.find(name) }));
  return flat.derived(from, (record, mapping) => {
    for (const { name, find } of places) {
      const at = millisOfNanos(find(record), name);
      if (at !== undefined) return formatTime(at - Number(before?.read(record, mapping) ?? 0));
    }
    return undefined;
  });
}

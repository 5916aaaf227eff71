import type { Digest } from "../privacy.ts";
import type { OtherCode } from "../quality.ts";
import { isNothing, toAmount, toCount, toMillis, toText, toTime, toUsd } from "./convert.ts";
import { badValue } from "./field-problem.ts";

/** What a mapper may use besides the record, and where it says what it could not tell. */
export interface Mapping {
  readonly digest: Digest;
  readonly quality: OtherCode[];
}

/** How one canonical field is read from a record: undefined where the record does not say. */
export interface Field {
  /** The source's own names, the first that is present wins; for the docs and for errors. */
  readonly from: readonly string[];
  readonly read: (record: object, mapping: Mapping) => unknown;
}

/** Canonical field names to where they come from: the mapping itself, and the page about it. */
export type FieldTable = Readonly<Record<string, Field>>;

export type Find = (record: object) => unknown;

/**
 * The readers of a format whose fields are named one way: `nested` names are paths through objects,
 * `flat` ones are keys that hold dots.
 */
export const nested = fieldReaders((name) => name.split("."));
export const flat = fieldReaders((name) => [name]);

function fieldReaders(keysOf: (name: string) => readonly string[]) {
  const first = (
    names: readonly string[],
    convert: (value: unknown, name: string, mapping: Mapping) => unknown,
  ): Field => {
    const finders = names.map((name) => ({ name, find: finder(keysOf(name)) }));
    return {
      from: names,
      read(record, mapping) {
        for (const { name, find } of finders) {
          const value = find(record);
          if (!isNothing(value)) return convert(value, name, mapping);
        }
        return undefined;
      },
    };
  };
  return {
    find: (name: string): Find => finder(keysOf(name)),
    text: (...names: string[]) => first(names, toText),
    count: (...names: string[]) => first(names, toCount),
    /** Milliseconds, from a source that counts in `unit` of them. */
    millis: (unit: number, ...names: string[]) =>
      first(names, (value, name) => toAmount(value, name) * unit),
    usd: (...names: string[]) => first(names, toUsd),
    time: (...names: string[]) =>
      first(names, (value, name, { quality }) => {
        const { text, assumedUtc } = toTime(value, name);
        if (assumedUtc) quality.push("time.assumed_utc");
        return text;
      }),
    /** One of a few words, each with its canonical one; an unknown word is no word. */
    word: (words: Readonly<Record<string, string>>, ...names: string[]) =>
      first(names, (value, name) => {
        const text = toText(value, name).toLowerCase();
        return Object.hasOwn(words, text) ? words[text] : undefined;
      }),
    /** Milliseconds from one time to another. */
    between: (from: string, to: string) => between(from, to, keysOf),
    /** Texts under tag names: an object of scalars, or a list of texts. */
    tags: (...names: string[]) => first(names, toTags),
    /** Whatever takes more than one look: `from` says where it looks. */
    derived: (from: readonly string[], read: Field["read"]): Field => ({ from, read }),
    /** The format says so for every record. */
    always: (value: string): Field => ({ from: [`always \`${value}\``], read: () => value }),
  };
}

function finder(keys: readonly string[]): Find {
  const [only] = keys;
  if (keys.length === 1) return (record) => (record as Record<string, unknown>)[only!];
  return (record) => {
    let value: unknown = record;
    for (const key of keys) {
      if (typeof value !== "object" || value === null) return undefined;
      value = (value as Record<string, unknown>)[key];
    }
    return value;
  };
}

function between(from: string, to: string, keysOf: (name: string) => readonly string[]): Field {
  const start = finder(keysOf(from));
  const end = finder(keysOf(to));
  return {
    from: [`${to} - ${from}`],
    read(record) {
      const [a, b] = [start(record), end(record)];
      if (isNothing(a) || isNothing(b)) return undefined;
      const millis = toMillis(b, to).at - toMillis(a, from).at;
      if (millis < 0) throw badValue(to, `not before \`${from}\``);
      return millis;
    },
  };
}

/** A list of texts becomes tags that say `true`; `key:value` and `key=value` are told apart. */
function toTags(value: unknown): Record<string, string> | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const entries: [string, unknown][] = Array.isArray(value)
    ? value.filter((item) => typeof item === "string").map(splitTag)
    : Object.entries(value);
  const scalars = entries.filter(([, item]) => !isNothing(item) && typeof item !== "object");
  if (scalars.length === 0) return undefined;
  return Object.fromEntries(scalars.map(([key, item]) => [key, String(item)]));
}

function splitTag(tag: string): [string, string] {
  const split = /^([^:=]+)[:=]\s*(.+)$/s.exec(tag);
  return split ? [split[1]!.trim(), split[2]!] : [tag, "true"];
}

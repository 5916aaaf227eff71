import { MeterhoundError } from "#core/errors.ts";
import { NONE } from "#core/pipeline/rollup.ts";

/** One point as the store takes it. */
export interface Point {
  measurement: string;
  tags: readonly (readonly [name: string, value: string])[];
  /** A bigint becomes an int64, a number a float. */
  fields: readonly (readonly [name: string, value: bigint | number])[];
  /** Nanoseconds since the epoch. */
  time: bigint;
}

const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);
/** 256 characters, each spelled out as six. */
const MAX_LENGTH = 1_536;
const MAX_NAME = 256;
const PLAIN = /^[\w.:@/-]+$/;
const CONTROL = /[\p{Cc}\p{Cs}]/u;

/**
 * One line of line protocol, without its end. Stands in front of the client, whose own points let a
 * time inject a line and a trailing backslash swallow the next tag. Throws MH_SERIES_VALUE for
 * whatever would be read back as something else than was meant.
 */
export function encodeLine({ measurement, tags, fields, time }: Point): string {
  if (measurement.startsWith("#")) throw refused("measurement", "it begins with #");
  if (fields.length === 0) throw refused(measurement, "no field");
  let line = encodeText(measurement, "measurement", MAX_NAME, /[, ]/g);
  for (const [name, value] of tags) {
    line += `,${encodeName(name)}=${encodeText(value === "" ? NONE : value, name, MAX_LENGTH)}`;
  }
  const values = fields.map(([name, value]) => `${encodeName(name)}=${encodeValue(value, name)}`);
  return `${line} ${values.join(",")} ${encodeInteger(time, "time")}`;
}

/** A count as an int64 field. Throws MH_SERIES_VALUE where it is no whole number. */
export function wholeNumber(value: number, place: string): bigint {
  if (!Number.isSafeInteger(value)) throw refused(place, `${value} is no exact whole number`);
  return BigInt(value);
}

function encodeName(name: string): string {
  return encodeText(name, "name", MAX_NAME);
}

function encodeText(text: string, place: string, longest: number, special = /[,= ]/g): string {
  if (text.length > longest) throw refused(place, `longer than ${longest} characters`);
  if (PLAIN.test(text)) return text;
  if (text === "") throw refused(place, "empty");
  if (CONTROL.test(text)) throw refused(place, "a control character");
  if (text.endsWith("\\")) throw refused(place, "a backslash at the end");
  return text.replace(special, "\\$&");
}

function encodeValue(value: bigint | number, place: string): string {
  if (typeof value === "bigint") return `${encodeInteger(value, place)}i`;
  if (!Number.isFinite(value)) throw refused(place, `${value} is no number`);
  return String(value);
}

function encodeInteger(value: bigint, place: string): string {
  if (typeof value !== "bigint") throw refused(place, "no whole number");
  if (value > MAX_INT64 || value < MIN_INT64) throw refused(place, `${value} exceeds 64 bits`);
  return value.toString();
}

function refused(place: string, problem: string): MeterhoundError {
  return new MeterhoundError("MH_SERIES_VALUE", { place, problem });
}

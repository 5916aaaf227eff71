import { formatTime, parseTime } from "../time.ts";
import { badValue, FieldProblem, wrongType } from "./field-problem.ts";

/** What senders write for what they do not know. */
const NOTHING: ReadonlySet<unknown> = new Set([undefined, null, "", "-", "None", "null"]);

export function isNothing(value: unknown): boolean {
  return NOTHING.has(value);
}

export function toText(value: unknown, path: string): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw wrongType(path, "a string");
}

/** A number, or a text that holds one. */
export function toNumber(value: unknown, path: string): number {
  const number = typeof value === "string" ? Number(value) : value;
  if (typeof number !== "number") throw wrongType(path, "a number");
  if (!Number.isFinite(number)) throw badValue(path, "a finite number");
  return number;
}

export function toCount(value: unknown, path: string): number {
  const number = toNumber(value, path);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  throw badValue(path, "a whole number from 0");
}

export function toAmount(value: unknown, path: string): number {
  const number = toNumber(value, path);
  if (number < 0) throw badValue(path, "a number from 0");
  return number;
}

/**
 * A decimal string with at most twelve decimals, from a number or a text. Senders compute in doubles;
 * what lies beyond twelve decimals is noise of theirs (0.00022500000000000002 is 0.000225).
 */
export function toUsd(value: unknown, path: string): string {
  const number = toNumber(value, path);
  if (Math.abs(number) >= 1e12) throw badValue(path, "an amount below 10^12");
  if (typeof value === "string" && /^-?\d+(\.\d{1,12})?$/.test(value)) return value;
  return number.toFixed(12).replace(/\.?0+$/, "");
}

/** A time in milliseconds since the epoch, and whether the zone had to be assumed. Epochs are told apart by their size. */
export function toMillis(value: unknown, path: string): { at: number; assumedUtc: boolean } {
  if (typeof value === "string" && !/^\d+(\.\d+)?$/.test(value)) return millisOfText(value, path);
  const at = epochMillis(toAmount(value, path));
  if (at > MAX_TIME) throw new FieldProblem("MH_EVENT_BAD_TIME", path, `\`${path}\` is no time`);
  return { at, assumedUtc: false };
}

/** The same as RFC 3339 in UTC. */
export function toTime(value: unknown, path: string): { text: string; assumedUtc: boolean } {
  const { at, assumedUtc } = toMillis(value, path);
  return { text: formatTime(at), assumedUtc };
}

/** The end of the year 9999: RFC 3339 has four digits for a year. */
const MAX_TIME = 253_402_300_799_999;
const WITHOUT_ZONE = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?$/;

function millisOfText(text: string, path: string): { at: number; assumedUtc: boolean } {
  const assumedUtc = WITHOUT_ZONE.test(text);
  const at = parseTime(assumedUtc ? `${text.replace(" ", "T")}Z` : text);
  if (at !== null) return { at, assumedUtc };
  throw new FieldProblem("MH_EVENT_BAD_TIME", path, `\`${path}\` is not a timestamp`);
}

/** Seconds, milliseconds, microseconds or nanoseconds since the epoch, to milliseconds. */
export function epochMillis(epoch: number): number {
  if (epoch < 1e11) return Math.round(epoch * 1e3);
  if (epoch < 1e14) return Math.round(epoch);
  return Math.floor(epoch < 1e17 ? epoch / 1e3 : epoch / 1e6);
}

import type { FactValue } from "#core/detector.ts";
import { duration, minuteOf } from "./time.ts";
import { humanize } from "./words.ts";

/** Facts that are lengths of time, in seconds. */
const SECONDS = new Set(["window", "age"]);
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/;
const SNAKE = /^[a-z0-9]+(_[a-z0-9]+)+$/;

/** A fact's name as a person reads it. */
export function factName(name: string): string {
  return name === "n" ? "Samples" : humanize(name);
}

/** A fact as a person reads it: lengths of time with their unit, times to the minute; `–` for none. */
export function showFact(name: string, value: FactValue): string {
  if (isNoFact(value) || typeof value === "object") return "–";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string") return showText(value);
  if (SECONDS.has(name)) return duration(value * 1_000);
  if (Number.isInteger(value)) return value.toLocaleString("en");
  return value.toLocaleString("en", { maximumSignificantDigits: 4 });
}

/** True where there is nothing to show. */
export function isNoFact(value: FactValue): boolean {
  return value === null || value === "";
}

function showText(text: string): string {
  if (TIME.test(text)) return `${minuteOf(text)} UTC`;
  return SNAKE.test(text) ? text.replaceAll("_", " ") : text;
}

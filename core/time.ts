/** Event time: milliseconds since the Unix epoch, UTC. The only clock the core knows. */
export type EventTime = number;

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Events that are later still count in rollups and showback, but no window detector hears of them. */
export const ALLOWED_LATENESS = 10 * MINUTE;

const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)$/;
const DURATION = /^([1-9]\d*)(ms|s|m|h|d)$/;
const UNITS: Record<string, number> = { ms: 1, s: SECOND, m: MINUTE, h: HOUR, d: DAY };

/** Parses an RFC 3339 timestamp; null where the text is not one (no zone, 30 February). */
export function parseTime(text: string): EventTime | null {
  return parseUtcMillis(text) ?? parseRfc3339(text);
}

/** RFC 3339 in UTC with milliseconds, as every answer and file of Meterhound writes times. */
export function formatTime(at: EventTime): string {
  return new Date(at).toISOString();
}

/** Parses `30s`, `15m`, `6h`, `2d` to milliseconds; null where the text is no duration. */
export function parseDuration(text: string): number | null {
  const match = DURATION.exec(text);
  return match ? Number(match[1]) * UNITS[match[2] as string]! : null;
}

/** `2026-10-05T07:11:55.592Z`: the form of nearly every event, read without a regular expression. */
function parseUtcMillis(text: string): EventTime | null {
  if (text.length !== 24 || text.charCodeAt(23) !== 90 /* Z */) return null;
  if (text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45 || text.charCodeAt(10) !== 84) {
    return null;
  }
  if (text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58 || text.charCodeAt(19) !== 46) {
    return null;
  }
  return timeFrom(
    digits(text, 0, 4),
    digits(text, 5, 2),
    digits(text, 8, 2),
    digits(text, 11, 2),
    digits(text, 14, 2),
    digits(text, 17, 2),
    digits(text, 20, 3),
  );
}

function parseRfc3339(text: string): EventTime | null {
  const match = RFC_3339.exec(text);
  if (!match) return null;
  const [, year, month, day, hour, minute, second, fraction = "", zone = "Z"] = match;
  const at = timeFrom(
    Number(year),
    Number(month),
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
    Number(fraction.slice(0, 3).padEnd(3, "0")),
  );
  if (at === null || zone.length === 1) return at;
  const offset = Number(zone.slice(1, 3)) * HOUR + Number(zone.slice(4)) * MINUTE;
  return zone.startsWith("+") ? at - offset : at + offset;
}

function digits(text: string, from: number, count: number): number {
  let value = 0;
  for (let i = from; i < from + count; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** Refuses what `Date.UTC` would silently carry over (month 13, 30 February, hour 24) and times before 1970. A leap second is read as the next second. */
function timeFrom(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  millis: number,
): EventTime | null {
  const inRange =
    year >= 1970 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    hour <= 23 &&
    minute <= 59 &&
    second <= 60;
  if (!inRange || day > daysIn(year, month)) return null;
  const at = Date.UTC(year, month - 1, day, hour, minute, second, millis);
  return Number.isNaN(at) ? null : at;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY, formatTime, HOUR, MINUTE, parseDuration, parseTime, SECOND } from "#core/time.ts";

const valid = fc.date({
  min: new Date("1970-01-02T00:00:00.000Z"),
  max: new Date("9999-12-31T23:59:59.999Z"),
  noInvalidDate: true,
});
const two = (value: number) => String(value).padStart(2, "0");

describe("times", () => {
  it("reads back every time it writes", () => {
    fc.assert(
      fc.property(valid, (date) => {
        expect(parseTime(formatTime(date.getTime()))).toBe(date.getTime());
      }),
    );
  });

  it("writes times as Date does, on one day or many", () => {
    const day = fc.integer({ min: 0, max: DAY - 1 }).map((ms) => new Date(20_000 * DAY + ms));
    fc.assert(
      fc.property(fc.oneof(valid, day), (date) => {
        expect(formatTime(date.getTime())).toBe(date.toISOString());
      }),
    );
    expect(() => formatTime(NaN)).toThrow(RangeError);
  });

  it("agrees with Date on every zone offset", () => {
    const offset = fc.record({
      sign: fc.constantFrom("+", "-"),
      hours: fc.nat(14),
      minutes: fc.nat(59),
    });
    fc.assert(
      fc.property(valid, offset, (date, { sign, hours, minutes }) => {
        const text = date.toISOString().replace("Z", `${sign}${two(hours)}:${two(minutes)}`);
        expect(parseTime(text)).toBe(new Date(text).getTime());
      }),
    );
  });

  it("agrees with Date on which days there are", () => {
    const day = fc.tuple(fc.integer({ min: 1970, max: 2100 }), fc.nat(13), fc.nat(32));
    fc.assert(
      fc.property(day, ([year, month, dayOfMonth]) => {
        const text = `${year}-${two(month)}-${two(dayOfMonth)}T00:00:00.000Z`;
        // Date itself carries 30 February over to March.
        const date = new Date(text);
        const exists = !Number.isNaN(date.getTime()) && date.toISOString() === text;
        expect(parseTime(text)).toBe(exists ? date.getTime() : null);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ["2026-10-05T07:11:55Z", "2026-10-05T07:11:55.000Z"],
    ["2026-10-05t07:11:55z", "2026-10-05T07:11:55.000Z"],
    ["2026-10-05 07:11:55.5Z", "2026-10-05T07:11:55.500Z"],
    ["2026-10-05T07:11:55.592999999Z", "2026-10-05T07:11:55.592Z"],
    ["2026-10-05T07:11:55-00:00", "2026-10-05T07:11:55.000Z"],
    ["2026-12-31T23:59:60Z", "2027-01-01T00:00:00.000Z"],
    ["2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"],
  ])("reads %s", (text, expected) => {
    const at = parseTime(text);
    expect(at === null ? null : formatTime(at)).toBe(expected);
  });

  it.each([
    "",
    "2026-10-05",
    "2026-10-05T07:11Z",
    "2026-10-05T07:11:55",
    "2026-10-05T07:11:55.592",
    "2026-10-05T24:00:00Z",
    "2026-10-05T07:60:00Z",
    "2026-10-05T07:11:55.Z",
    "2026-1O-05T07:11:55.592Z",
    "2026-10-05T07:11:55.592Z ",
    "1759648315592",
  ])("refuses %j", (text) => {
    expect(parseTime(text)).toBeNull();
  });
});

describe("durations", () => {
  it.each([
    ["250ms", 250],
    ["30s", 30 * SECOND],
    ["15m", 15 * MINUTE],
    ["6h", 6 * HOUR],
    ["2d", 2 * DAY],
  ])("reads %s", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(["", "0s", "05m", "1.5h", "6", "h", "6 h", "1w", "-1s"])("refuses %j", (text) => {
    expect(parseDuration(text)).toBeNull();
  });
});

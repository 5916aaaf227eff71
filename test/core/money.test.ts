import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { displayUsd, divideHalfEven, formatUsd, parseUsd, PICO_PER_USD } from "#core/money.ts";

const LARGEST = 10n ** 24n - 1n;
const pico = fc.bigInt({ min: -LARGEST, max: LARGEST });

describe("money", () => {
  it("reads back every amount it writes", () => {
    fc.assert(
      fc.property(pico, (amount) => {
        expect(parseUsd(formatUsd(amount))).toBe(amount);
      }),
    );
  });

  it("reads small amounts, however many zeros they are written with", () => {
    const small = fc.bigInt({ min: 0n, max: 2n ** 54n });
    fc.assert(
      fc.property(small, fc.nat(3), fc.nat(12), (amount, before, after) => {
        const [whole = "", fraction = ""] = formatUsd(amount).split(".");
        const text = `${"0".repeat(before)}${whole}.${fraction.padEnd(Math.max(1, after), "0")}`;
        expect(parseUsd(text)).toBe(amount);
      }),
    );
  });

  it("writes an amount in one form only", () => {
    fc.assert(
      fc.property(pico, (amount) => {
        expect(formatUsd(amount)).toMatch(/^(0|-?(0|[1-9]\d*)(\.\d*[1-9])?)$/);
      }),
    );
  });

  it.each([
    ["0", 0n],
    ["-0", 0n],
    ["41.20", 41_200_000_000_000n],
    ["0.000000000001", 1n],
    ["-0.5", -PICO_PER_USD / 2n],
    ["007", 7n * PICO_PER_USD],
  ])("reads %s", (text, amount) => {
    expect(parseUsd(text)).toBe(amount);
  });

  it.each([
    "",
    " 1",
    "1 ",
    "+1",
    "1.",
    ".5",
    "1e3",
    "1,000",
    "$1",
    "0.0000000000001",
    "NaN",
    "--1",
  ])("refuses %j", (text) => {
    expect(parseUsd(text)).toBeNull();
  });

  it.each([
    [null, "unpriced"],
    ["0", "$0.00"],
    ["0.001", "<$0.01"],
    ["-0.001", "-<$0.01"],
    ["0.005", "<$0.01"],
    ["0.015", "$0.02"],
    ["0.025", "$0.02"],
    ["41.2", "$41.20"],
    ["999.999", "$1,000.00"],
    ["1234567.891", "$1,234,567.89"],
    ["-1234.5", "-$1,234.50"],
  ])("shows %s as %s", (text, shown) => {
    expect(displayUsd(text === null ? null : parseUsd(text))).toBe(shown);
  });

  it("rounds to the nearest, and ties to the even quotient", () => {
    fc.assert(
      fc.property(pico, fc.bigInt({ min: 1n, max: 10n ** 9n }), (value, divisor) => {
        const rounded = divideHalfEven(value, divisor);
        const off = value - rounded * divisor;
        const twice = 2n * (off < 0n ? -off : off);
        expect(twice).toBeLessThanOrEqual(divisor);
        if (twice === divisor) expect(rounded % 2n).toBe(0n);
      }),
    );
  });

  it.each([
    [5n, 2n, 2n],
    [7n, 2n, 4n],
    [-5n, 2n, -2n],
    [-7n, 2n, -4n],
    [-1n, 3n, 0n],
    [-2n, 3n, -1n],
  ])("divides %s by %s into %s", (value, divisor, quotient) => {
    expect(divideHalfEven(value, divisor)).toBe(quotient);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeProblem } from "#core/located.ts";
import { parseUsd } from "#core/money.ts";
import { joinPrices, parsePrices } from "#core/site/prices.ts";
import { parseTime } from "#core/time.ts";

const parse = (...texts: string[]) =>
  joinPrices(texts.map((text, i) => parsePrices(i === 0 ? "prices.yml" : `more-${i}.yml`, text)));
const told = (...texts: string[]) => parse(...texts).problems.map(describeProblem);

describe("price file", () => {
  it("reads prices into exact picodollars, tiers ascending", () => {
    const { overrides, problems } = parse(`
prices:
  - model: gpt-5
    provider: openai
    service_tier: batch
    from: 2026-07-01
    until: 2026-08-01T12:00:00+02:00
    input: 1.25
    output: "10.00"
    cached_input: 0.0000001
    reasoning: 12
    cache_write: 0
    region: eu-west-1
    request: 0.005
    tiers:
      - { above: 500000, input: 5, output: 20, cached_input: 0.5, cache_write: 1, reasoning: 26 }
      - { above: 200000, input: 2.5, output: 15, cached_input: 0.25, cache_write: 0, reasoning: 13 }
`);
    expect(problems).toEqual([]);
    expect(overrides).toEqual([
      {
        model: "gpt-5",
        provider: "openai",
        tier: "batch",
        region: "eu-west-1",
        from: parseTime("2026-07-01T00:00:00Z"),
        until: parseTime("2026-08-01T10:00:00Z"),
        rates: {
          tier: "batch",
          input: rate("1.25", ["2.5", "5"]),
          output: rate("10", ["15", "20"]),
          cachedInput: rate("0.0000001", ["0.25", "0.5"]),
          cacheWrite: rate("0", ["0", "1"]),
          reasoning: rate("12", ["13", "26"]),
          request: parseUsd("0.005"),
        },
      },
    ]);
  });

  it("leaves out what was not given: any provider, any time, no meter of its own", () => {
    const { overrides } = parse("prices: [{ model: a, input: 1, output: 2 }]");
    expect(overrides).toEqual([
      {
        model: "a",
        tier: "standard",
        from: -Infinity,
        until: Infinity,
        rates: { tier: "standard", input: rate("1"), output: rate("2") },
      },
    ]);
  });

  it("tells every problem with its place", () => {
    const text = `prices:
  - model: a
    input: $2
    output: -1
    inptu: 1
  - model: b
    input: 1
    from: July
  - model: c
    input: 1
    output: 0.1234567890123
    tiers: [{ above: 0.5, input: 1, output: 1 }]
`;
    expect(told(text)).toEqual([
      'prices.yml:3:5: prices.0.input: must be a price in USD per million tokens, like 2.5 or "2.50", with at most twelve decimals',
      "prices.yml:4:5: prices.0.output: must not be below zero",
      'prices.yml:5:5: prices.0.inptu: unknown key, did you mean "input"?',
      'prices.yml:6:5: prices.1.output: is missing: a price in USD per million tokens, like 2.5 or "2.50"',
      "prices.yml:8:5: prices.1.from: must be a date like 2026-07-01 or an RFC 3339 time",
      'prices.yml:11:5: prices.2.output: must be a price in USD per million tokens, like 2.5 or "2.50", with at most twelve decimals',
      "prices.yml:12:15: prices.2.tiers.0.above: must be a whole number",
    ]);
  });

  it("refuses prices that contradict themselves", () => {
    const text = `prices:
  - model: a
    input: 1
    output: 1
    from: 2026-07-01
    until: 2026-07-01
  - model: b
    input: 1
    output: 1
    cached_input: 1
    tiers:
      - { above: 10, input: 1, output: 1, reasoning: 1 }
      - { above: 10, input: 2, output: 2, cached_input: 2 }
`;
    expect(told(text)).toEqual([
      "prices.yml:6:5: prices.0.until: must be after from",
      "prices.yml:12:9: prices.1.tiers.0.cached_input: give cached_input in the price and in every tier, or in none",
      "prices.yml:12:43: prices.1.tiers.0.reasoning: give reasoning in the price and in every tier, or in none",
      "prices.yml:13:11: prices.1.tiers.1.above: another tier begins there",
    ]);
  });

  it("refuses two prices for one model, provider and tier at one time, in whichever file", () => {
    const price = (more: string) => `prices: [{ model: a, input: 1, output: 1${more} }]`;
    expect(told(price(""), price(", from: 2026-07-01"))).toEqual([
      "more-1.yml:1:12: prices.0.model: overlaps in time with the price at prices.yml:1:12",
    ]);
    expect(told(price(", until: 2026-07-01"), price(", from: 2026-07-01"))).toEqual([]);
    expect(
      told(
        price(""),
        price(", service_tier: batch"),
        price(", provider: openai"),
        price(", region: eu"),
      ),
    ).toEqual([]);
  });

  it("puts the price of a named provider before the one for any", () => {
    const { overrides } = parse(`prices:
  - { model: a, input: 1, output: 1 }
  - { model: a, provider: openai, input: 2, output: 2 }
`);
    expect(overrides.map(({ provider }) => provider)).toEqual(["openai", undefined]);
  });

  it("reads a number as the digits that were written", () => {
    const digits = fc
      .tuple(fc.nat(99_999), fc.nat(9_999_999), fc.nat(7))
      .map(([whole, fraction, places]) => `${whole}.${String(fraction).padStart(places, "0")}`);
    fc.assert(
      fc.property(digits, (text) => {
        const { overrides } = parse(`prices: [{ model: a, input: ${text}, output: "${text}" }]`);
        expect(overrides[0]?.rates.input.base).toBe(parseUsd(text));
        expect(overrides[0]?.rates.output.base).toBe(parseUsd(text));
      }),
    );
  });
});

function rate(base: string, tiers: readonly string[] = []) {
  return {
    base: parseUsd(base),
    tiers: tiers.map((text, i) => ({ above: i === 0 ? 200_000 : 500_000, rate: parseUsd(text) })),
  };
}

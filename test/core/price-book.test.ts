import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseUsd, PICO_PER_USD } from "#core/money.ts";
import { type ModelRates, priceUsage } from "#core/price-book.ts";

const usd = (amount: string): bigint => parseUsd(amount)!;
const rate = (amount: string): ModelRates["input"] => ({ base: usd(amount), tiers: [] });

/** USD per million tokens: input 3, output 15, cached 0.3, cache write 3.75. */
const RATES: ModelRates = {
  input: rate("3"),
  output: rate("15"),
  cachedInput: rate("0.3"),
  cacheWrite: rate("3.75"),
  tier: "standard",
};

describe("priced usage", () => {
  it.each([
    ["input and output", { input_tokens: 1_000, output_tokens: 100 }, RATES, "0.0045"],
    [
      "cached tokens at their own rate",
      { input_tokens: 1_000, cached_input_tokens: 400 },
      RATES,
      "0.00192",
    ],
    ["written tokens at theirs", { input_tokens: 1_000, cache_write_tokens: 400 }, RATES, "0.0033"],
    [
      "no more cached tokens than there are",
      { input_tokens: 100, cached_input_tokens: 999 },
      RATES,
      "0.00003",
    ],
    [
      "cached before written tokens",
      { input_tokens: 100, cached_input_tokens: 80, cache_write_tokens: 80 },
      RATES,
      "0.000099",
    ],
    ["reasoning as output", { output_tokens: 100, reasoning_tokens: 60 }, RATES, "0.0015"],
    [
      "reasoning at its own rate",
      { output_tokens: 100, reasoning_tokens: 60 },
      { ...RATES, reasoning: rate("20") },
      "0.0018",
    ],
    [
      "cached and written as input where they have no rate",
      { input_tokens: 1_000, cached_input_tokens: 400, cache_write_tokens: 100 },
      { input: rate("3"), output: rate("15"), tier: "standard" },
      "0.003",
    ],
  ] as const)("charges %s", (_, usage, rates, amount) => {
    expect(priceUsage(usage, rates)).toBe(usd(amount));
  });

  it("charges the whole request at the tier its input exceeds", () => {
    const tiered: ModelRates = {
      input: {
        base: usd("1"),
        tiers: [
          { above: 200, rate: usd("2") },
          { above: 500, rate: usd("4") },
        ],
      },
      output: { base: usd("10"), tiers: [{ above: 200, rate: usd("20") }] },
      tier: "standard",
    };
    const price = (input: number): bigint =>
      priceUsage({ input_tokens: input, output_tokens: 1 }, tiered);
    expect(price(199)).toBe(usd("0.000209"));
    expect(price(200)).toBe(usd("0.00021"));
    expect(price(201)).toBe(usd("0.000422"));
    expect(price(500)).toBe(usd("0.00102"));
    expect(price(501)).toBe(usd("0.002024"));
  });

  it("charges each meter its own higher rate, by the whole input", () => {
    const own = (base: string, higher: string) => ({
      base: usd(base),
      tiers: [{ above: 200, rate: usd(higher) }],
    });
    const tiered: ModelRates = {
      input: own("1", "10"),
      output: own("2", "20"),
      cachedInput: own("3", "30"),
      cacheWrite: own("4", "40"),
      reasoning: own("5", "50"),
      tier: "standard",
    };
    const price = (input_tokens: number): bigint => {
      const parts = { cached_input_tokens: 20, cache_write_tokens: 30 };
      const usage = { input_tokens, ...parts, output_tokens: 7, reasoning_tokens: 3 };
      return priceUsage(usage, tiered) - BigInt(input_tokens - 50) * tierOf(input_tokens);
    };
    const tierOf = (input: number): bigint => (input > 200 ? 10_000_000n : 1_000_000n);
    const rest = 20n * 3n + 30n * 4n + 4n * 2n + 3n * 5n;
    expect(price(199)).toBe(rest * 1_000_000n);
    expect(price(200)).toBe(rest * 1_000_000n);
    expect(price(201)).toBe(rest * 10_000_000n);
  });

  it("charges the call itself once", () => {
    const rates = { ...RATES, request: usd("0.012") };
    expect(priceUsage({ input_tokens: 1_000 }, rates)).toBe(usd("0.015"));
  });

  it("loses no picodollar on the largest counts", () => {
    const input = Number.MAX_SAFE_INTEGER;
    const odd = { input: { base: 3n * PICO_PER_USD + 1_000_000n, tiers: [] }, output: rate("0") };
    expect(priceUsage({ input_tokens: input }, { ...odd, tier: "standard" })).toBe(
      BigInt(input) * 3_000_001n,
    );
  });

  it("does not drift over ten million calls, as doubles do", () => {
    const call = priceUsage({ input_tokens: 7 }, { ...RATES, input: rate("0.30") });
    expect(call * 10_000_000n).toBe(usd("21"));
    let double = 0;
    for (let i = 0; i < 10_000_000; i++) double += 7 * 0.3e-6;
    expect(double).not.toBe(21);
  });

  it("counts each input token once: plain, cached or written", () => {
    const flat: ModelRates = { input: rate("2"), output: rate("0"), tier: "standard" };
    const tokens = fc.nat(10_000_000);
    fc.assert(
      fc.property(tokens, tokens, tokens, (input_tokens, cached, written) => {
        const usage = { input_tokens, cached_input_tokens: cached, cache_write_tokens: written };
        expect(priceUsage(usage, flat)).toBe(BigInt(input_tokens) * 2_000_000n);
      }),
    );
  });
});

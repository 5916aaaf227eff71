import { calcPrice } from "@pydantic/genai-prices";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createGenaiPrices } from "#adapters/price-book/genai-prices.ts";
import { withOverrides } from "#adapters/price-book/overrides.ts";
import type { Usage } from "#core/event.ts";
import { usdNumber } from "#core/money.ts";
import { type ModelRates, priceUsage, type PriceOverride } from "#core/pricing.ts";
import { parseTime } from "#core/time.ts";

const AT = parseTime("2026-05-01T12:00:00Z") ?? 0;
const MODELS = [
  ["openai", "gpt-4o"],
  ["openai", "gpt-4o-mini"],
  ["openai", "gpt-5"],
  ["openai", "o3"],
  ["anthropic", "claude-sonnet-4-5"],
  ["anthropic", "claude-opus-4-1"],
  ["anthropic", "claude-3-5-haiku-latest"],
  ["google", "gemini-2.5-pro"],
  ["google", "gemini-1.5-pro"],
  ["google", "gemini-2.5-flash"],
  ["mistral", "mistral-large-latest"],
  ["deepseek", "deepseek-chat"],
] as const;

/** Whole requests pay a higher rate above these many input tokens. */
const TIERED = [
  ["anthropic", "claude-sonnet-4-5", 200_000],
  ["google", "gemini-2.5-pro", 200_000],
  ["google", "gemini-1.5-pro", 128_000],
] as const;

const book = createGenaiPrices();
const ratesOf = (provider: string, model: string): ModelRates => {
  const rates = book.rates({ provider, model, tier: "standard", at: AT });
  if (!rates) throw new Error(`no price for ${provider} ${model}`);
  return rates;
};

/** Cached and written tokens are parts of the input. */
const usages = fc
  .record({
    input: fc.oneof(fc.nat(5_000), fc.nat(400_000)),
    output: fc.nat(50_000),
    cached: fc.double({ min: 0, max: 1, noNaN: true }),
    written: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ input, output, cached, written }) => {
    const cachedTokens = Math.floor(input * cached);
    return {
      input_tokens: input,
      output_tokens: output,
      cached_input_tokens: cachedTokens,
      cache_write_tokens: Math.floor((input - cachedTokens) * written),
    };
  });

function packagePrice(provider: string, model: string, usage: Usage): number {
  const price = calcPrice(
    {
      input_tokens: usage.input_tokens ?? 0,
      output_tokens: usage.output_tokens ?? 0,
      cache_read_tokens: usage.cached_input_tokens ?? 0,
      cache_write_tokens: usage.cache_write_tokens ?? 0,
    },
    model,
    { providerId: provider, timestamp: new Date(AT) },
  );
  if (!price) throw new Error(`no price for ${provider} ${model}`);
  return price.total_price;
}

describe("price book", () => {
  it.each(MODELS)("agrees with the package's own calculator on %s %s", (provider, model) => {
    const rates = ratesOf(provider, model);
    fc.assert(
      fc.property(usages, (usage) => {
        const off = usdNumber(priceUsage(usage, rates)) - packagePrice(provider, model, usage);
        expect(Math.abs(off)).toBeLessThan(1e-9);
      }),
    );
  });

  it.each(TIERED)(
    "charges %s %s the higher rate from the token after %i",
    (provider, model, above) => {
      const rates = ratesOf(provider, model);
      const base = rates.input.base;
      const higher = rates.input.tiers[0]?.rate ?? base;
      expect(higher).toBeGreaterThan(base);
      for (const [input, rate] of [
        [above - 1, base],
        [above, base],
        [above + 1, higher],
      ] as const) {
        const usage: Usage = { input_tokens: input, output_tokens: 0 };
        const pico = priceUsage(usage, rates);
        expect(pico).toBe((BigInt(input) * rate) / 1_000_000n);
        const off = usdNumber(pico) - packagePrice(provider, model, usage);
        expect(Math.abs(off)).toBeLessThan(1e-9);
      }
    },
  );

  it("knows no price of a model it does not know", () => {
    const query = { provider: "openai", model: "no-such-model", tier: "standard", at: AT } as const;
    expect(book.rates(query)).toBeNull();
  });
});

describe("price overrides", () => {
  const rates: ModelRates = {
    input: { base: 1n, tiers: [] },
    output: { base: 2n, tiers: [] },
    tier: "standard",
  };
  const override: PriceOverride = {
    provider: "openai",
    model: "gpt-5",
    tier: "standard",
    from: AT,
    until: AT + 1_000,
    rates,
  };
  const query = { provider: "openai", model: "gpt-5", tier: "standard", at: AT } as const;
  const merged = withOverrides(book, [override]);

  it.each([
    ["at its first moment", query, true],
    ["at its last moment", { ...query, at: AT + 999 }, true],
    ["before", { ...query, at: AT - 1 }, false],
    ["from its end on", { ...query, at: AT + 1_000 }, false],
    ["for another tier", { ...query, tier: "batch" as const }, false],
    ["for another provider", { ...query, provider: "azure" }, false],
    ["for a provider left out", { ...query, provider: undefined }, false],
  ])("%s: the contract price holds or the book's does", (_, asked, holds) => {
    expect(merged.rates(asked)).toEqual(holds ? rates : book.rates(asked));
    expect(merged.rates(asked) === rates).toBe(holds);
  });

  it("holds for any provider where none is named", () => {
    const { provider: _, ...anyProvider } = override;
    const other = withOverrides(book, [anyProvider]).rates({ ...query, provider: "azure" });
    expect(other).toBe(rates);
  });
});

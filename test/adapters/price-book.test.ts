import { calcPrice } from "@pydantic/genai-prices";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createGenaiPrices } from "#adapters/price-book/genai-prices.ts";
import { withOverrides } from "#adapters/price-book/overrides.ts";
import type { Usage } from "#core/event.ts";
import { usdNumber } from "#core/money.ts";
import { type ModelRates, priceUsage, type PriceOverride } from "#core/price-book.ts";
import { joinPrices, parsePrices } from "#core/site/prices.ts";
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

const STANDARD = { tier: "standard", region: undefined, at: AT } as const;

const book = createGenaiPrices();
const ratesOf = (provider: string, model: string): ModelRates => {
  const rates = book.rates({ provider, model, ...STANDARD });
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
    expect(book.rates({ provider: "openai", model: "no-such-model", ...STANDARD })).toBeNull();
  });

  it("knows the batch price where the tables list it, and tells where they do not", () => {
    const query = { provider: "openrouter", model: "openai/gpt-6-sol", ...STANDARD } as const;
    const standard = book.rates(query);
    const batch = book.rates({ ...query, tier: "batch" });
    expect(batch?.tier).toBe("batch");
    expect(batch!.input.base * 2n).toBe(standard!.input.base);
    expect(book.rates({ ...query, model: "openai/gpt-6-sol:batch", tier: "batch" })).toEqual(batch);
    const unlisted = { provider: "openai", model: "gpt-5", ...STANDARD, tier: "flex" } as const;
    expect(book.rates(unlisted)).toEqual(ratesOf("openai", "gpt-5"));
  });

  it("knows a region by the model's name", () => {
    const model = "anthropic.claude-sonnet-4-5-20250929-v1:0";
    const [global, eu] = [ratesOf("aws", `global.${model}`), ratesOf("aws", `eu.${model}`)];
    expect(eu.input.base).toBeGreaterThan(global.input.base);
  });

  it("charges a call where the tables do, beside its tokens", () => {
    const pico = priceUsage({ input_tokens: 1_000 }, ratesOf("perplexity", "sonar"));
    expect(usdNumber(pico)).toBeCloseTo(0.001 + 0.012, 12);
  });

  it("changes its price at midnight UTC, by event time", () => {
    const at = parseTime("2025-06-10T00:00:00Z")!;
    const query = { provider: "openai", model: "o3", ...STANDARD } as const;
    const [before, after] = [book.rates({ ...query, at: at - 1 }), book.rates({ ...query, at })];
    expect(after!.input.base).toBeLessThan(before!.input.base);
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
  const query = { provider: "openai", model: "gpt-5", ...STANDARD } as const;
  const merged = withOverrides(book, [override]);

  it.each([
    ["at its first moment", query, true],
    ["at its last moment", { ...query, at: AT + 999 }, true],
    ["before", { ...query, at: AT - 1 }, false],
    ["from its end on", { ...query, at: AT + 1_000 }, false],
    ["for another tier that nobody prices", { ...query, tier: "flex" as const }, true],
    ["in whichever region", { ...query, region: "eu" }, true],
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

  it("does not stand in for a tier the book prices itself", () => {
    const sol = { provider: "openrouter", model: "openai/gpt-6-sol" };
    const own = withOverrides(book, [{ ...override, ...sol }]);
    const batch = { ...query, ...sol, tier: "batch" } as const;
    expect(own.rates({ ...batch, tier: "standard" })).toBe(rates);
    expect(own.rates(batch)).toEqual(book.rates(batch));
  });
});

describe("the site's prices for one model", () => {
  const { overrides } = joinPrices([
    parsePrices(
      "prices.yml",
      `prices:
  - { model: m, input: 1, output: 1 }
  - { model: m, region: eu, input: 2, output: 2 }
  - { model: m, provider: azure, input: 3, output: 3 }
  - { model: m, provider: azure, region: eu, input: 4, output: 4 }
  - { model: m, service_tier: batch, input: 5, output: 5 }
  - { model: m, service_tier: batch, region: us, input: 6, output: 6 }
  - { model: m, service_tier: provisioned, provider: azure, input: 7, output: 7 }
`,
    ),
  ]);
  const site = withOverrides({ rates: () => null }, overrides);

  it.each([
    ["any provider, any region", {}, 1],
    ["a region before none", { region: "eu" }, 2],
    ["a provider before any", { provider: "azure" }, 3],
    ["a provider and a region before either", { provider: "azure", region: "eu" }, 4],
    ["a provider before a region", { provider: "azure", region: "us" }, 3],
    ["another provider's region", { provider: "aws", region: "eu" }, 2],
    ["the tier before provider and region", { provider: "azure", region: "eu", tier: "batch" }, 5],
    ["the tier's own region", { region: "us", tier: "batch" }, 6],
    ["the standard price of the place for a tier nobody prices", { region: "eu", tier: "flex" }, 2],
    ["capacity", { provider: "azure", tier: "provisioned" }, 7],
  ] as const)("go by %s", (_, asked, input) => {
    const answer = site.rates({ ...STANDARD, provider: undefined, model: "m", ...asked });
    expect(usdNumber(answer!.input.base)).toBe(input);
  });
});

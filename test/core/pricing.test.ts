import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { UsageEvent } from "#core/event.ts";
import { parseUsd, PICO_PER_USD } from "#core/money.ts";
import { costOf, type ModelRates, priceUsage, type PriceQuery, writeCost } from "#core/pricing.ts";
import { type Overrides, usageEvent } from "#test/support/events.ts";
import { START } from "#test/support/observed.ts";

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
const BOOK = { rates: () => RATES };
const EMPTY = { rates: () => null };
const TOKENS = { input_tokens: 1_000_000, output_tokens: 0, cached_input_tokens: undefined };

function cost(overrides: Overrides<UsageEvent>, book: typeof BOOK | typeof EMPTY = BOOK) {
  return costOf(usageEvent({ usage: TOKENS, cost: undefined, ...overrides }), START, book);
}

describe("cost of an event", () => {
  it.each([
    ["reported in USD", { cost: { amount: "1.5", currency: "USD" } }, "1.5", "reported", null],
    ["reported without a currency", { cost: { amount: "1.5" } }, "1.5", "reported", null],
    ["a correction below zero", { cost: { amount: "-1.5" } }, "-1.5", "reported", null],
    [
      "an allocated share",
      { cost: { amount: "1.5", basis: "allocated" } },
      "1.5",
      "allocated",
      null,
    ],
    [
      "an amount said to be none",
      { cost: { amount: "1.5", basis: "unpriced" } },
      "1.5",
      "reported",
      null,
    ],
    ["zero without tokens", { cost: { amount: "0" }, usage: undefined }, "0", "reported", null],
    [
      "zero for a cached answer",
      { cost: { amount: "0" }, outcome: { status: "cache_hit" } },
      "0",
      "reported",
      null,
    ],
    ["zero for tokens", { cost: { amount: "0" } }, "3", "priced", "cost.zero_suspect"],
    [
      "another currency",
      { cost: { amount: "9", currency: "EUR" } },
      "3",
      "priced",
      "cost.currency",
    ],
    ["tokens without a report", {}, "3", "priced", null],
    [
      "another tier than the book's",
      { model: { service_tier: "flex" } },
      "3",
      "estimated",
      "cost.tier_assumed",
    ],
    [
      "a call that counted no token",
      { usage: { input_tokens: 0, output_tokens: 0 } },
      "0",
      "priced",
      null,
    ],
    [
      "a failed call without tokens",
      { usage: undefined, outcome: { status: "throttled" } },
      "0",
      "priced",
      null,
    ],
    ["an audit record", { type: "audit", usage: undefined }, "0", "priced", null],
  ] as const)("is known for %s", (_, overrides, amount, basis, code) => {
    expect(cost(overrides)).toEqual({ pico: usd(amount), basis, code });
  });

  it.each([
    ["no price is known", {}, EMPTY, "cost.unpriced"],
    ["the model is not named", { model: undefined }, BOOK, "cost.unpriced"],
    ["a good call says nothing of tokens", { usage: undefined }, BOOK, "cost.unpriced"],
    ["zero is reported and no price known", { cost: { amount: "0" } }, EMPTY, "cost.zero_suspect"],
    [
      "euros are reported and no price known",
      { cost: { amount: "9", currency: "EUR" } },
      EMPTY,
      "cost.currency",
    ],
  ] as const)("is unknown, not zero, where %s", (_, overrides, book, code) => {
    expect(cost(overrides, book)).toEqual({ pico: null, basis: "unpriced", code });
  });

  it("asks the book for the served model, its provider, tier and moment", () => {
    const asked: PriceQuery[] = [];
    const book = { rates: (query: PriceQuery) => (asked.push(query), RATES) };
    const model = { requested: "auto", served: "big", provider: "acme", service_tier: "batch" };
    costOf(usageEvent({ cost: undefined, model } as Overrides<UsageEvent>), START, book);
    expect(asked).toEqual([{ provider: "acme", model: "big", tier: "batch", at: START }]);
  });
});

describe("written cost", () => {
  const write = (event: UsageEvent, book: typeof BOOK | typeof EMPTY = BOOK): UsageEvent => {
    writeCost(event, costOf(event, START, book));
    return event;
  };

  it("keeps a stated amount", () => {
    const event = write(usageEvent({ cost: { amount: "1.50", currency: undefined } }));
    expect(event.cost).toEqual({ amount: "1.50", currency: "USD", basis: "reported" });
    expect(event.quality).toBeUndefined();
  });

  it("keeps no amount that was not believed", () => {
    const euros = usageEvent({ cost: { amount: "9", currency: "EUR" }, quality: ["team.missing"] });
    expect(write(euros).cost).toEqual({ currency: "USD", basis: "priced" });
    expect(euros.quality).toEqual(["team.missing", "cost.currency"]);
  });

  it("says so where there is no price", () => {
    const event = write(usageEvent({ cost: undefined }), EMPTY);
    expect(event.cost).toEqual({ currency: "USD", basis: "unpriced" });
    expect(event.quality).toEqual(["cost.unpriced"]);
  });
});

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
    expect(price(200)).toBe(usd("0.00021"));
    expect(price(201)).toBe(usd("0.000422"));
    expect(price(501)).toBe(usd("0.002024"));
  });

  it("loses no picodollar on the largest counts", () => {
    const input = Number.MAX_SAFE_INTEGER;
    const odd = { input: { base: 3n * PICO_PER_USD + 1_000_000n, tiers: [] }, output: rate("0") };
    expect(priceUsage({ input_tokens: input }, { ...odd, tier: "standard" })).toBe(
      BigInt(input) * 3_000_001n,
    );
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

import { describe, expect, it } from "vitest";
import type { UsageEvent } from "#core/event.ts";
import { decodeEntry, encodeEntry } from "#core/log-entry.ts";
import { parseUsd } from "#core/money.ts";
import type { ModelRates, PriceQuery } from "#core/price-book.ts";
import { costOf, writeCost } from "#core/pricing.ts";
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
    ["reported in USD", { cost: { amount: "3.01", currency: "USD" } }, "3.01", "reported", null],
    ["reported without a currency", { cost: { amount: "2.98" } }, "2.98", "reported", null],
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
      { cost: { amount: "3", basis: "unpriced" } },
      "3",
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
    [
      "zero for a call on provisioned capacity",
      { cost: { amount: "0" }, model: { service_tier: "provisioned" } },
      "0",
      "allocated",
      null,
    ],
    [
      "a call on provisioned capacity",
      { model: { service_tier: "provisioned" } },
      "0",
      "allocated",
      null,
    ],
    [
      "such a call that says nothing of tokens",
      { model: { service_tier: "provisioned" }, usage: undefined },
      "0",
      "allocated",
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

  it("charges a call on provisioned capacity where the site has a price for that", () => {
    const book = { rates: () => ({ ...RATES, tier: "provisioned" as const }) };
    const event = usageEvent({
      usage: TOKENS,
      cost: undefined,
      model: { service_tier: "provisioned" },
    });
    expect(costOf(event, START, book)).toEqual({ pico: usd("3"), basis: "priced", code: null });
  });

  it("believes a reported zero where the book says the model is free", () => {
    const free = { rates: () => ({ ...RATES, input: rate("0"), output: rate("0") }) };
    const event = usageEvent({ usage: TOKENS, cost: { amount: "0" } });
    expect(costOf(event, START, free)).toEqual({ pico: 0n, basis: "priced", code: null });
  });

  it("asks the book for the served model, its provider, tier, region and moment", () => {
    const asked: PriceQuery[] = [];
    const book = { rates: (query: PriceQuery) => (asked.push(query), RATES) };
    const model = {
      requested: "auto",
      served: "big",
      provider: "acme",
      service_tier: "batch",
      region: "eu-west-1",
    };
    costOf(usageEvent({ cost: undefined, model } as Overrides<UsageEvent>), START, book);
    const query = { provider: "acme", model: "big", tier: "batch", region: "eu-west-1" };
    expect(asked).toEqual([{ ...query, at: START }]);
  });
});

describe("a reported cost beside the price book's 3 USD", () => {
  it.each([
    ["a picodollar less than 1 % under", "2.97", null],
    ["more than 1 % under", "2.969999999999", "cost.differs"],
    ["exactly 1 % over", "3.03", null],
    ["more than 1 % over", "3.030000000001", "cost.differs"],
  ] as const)("stays the amount when it lies %s", (_, amount, code) => {
    const { differs, ...decided } = cost({ cost: { amount } });
    expect(decided).toEqual({ pico: usd(amount), basis: "reported", code });
    expect(differs).toBe(code === null ? undefined : usd("3"));
  });

  it.each([
    ["no price is known", {}, EMPTY],
    ["the price is for another tier", { model: { service_tier: "batch" } }, BOOK],
    ["it is a correction", { cost: { amount: "-9" } }, BOOK],
    ["it is a share of a bill", { cost: { amount: "9", basis: "allocated" } }, BOOK],
    ["no tokens were counted", { usage: undefined }, BOOK],
    ["the capacity is provisioned", { model: { service_tier: "provisioned" } }, BOOK],
  ] as const)("is not compared where %s", (_, overrides, book) => {
    const { code, differs } = cost({ cost: { amount: "9" }, ...overrides }, book);
    expect([code, differs]).toEqual([null, undefined]);
  });
});

describe("written cost", () => {
  const write = (event: UsageEvent, book: typeof BOOK | typeof EMPTY = BOOK): UsageEvent => {
    writeCost(event, costOf(event, START, book));
    return event;
  };

  it("keeps a stated amount", () => {
    const event = write(usageEvent({ cost: { amount: "0.0060", currency: undefined } }));
    expect(event.cost).toEqual({ amount: "0.0060", currency: "USD", basis: "reported" });
    expect(event.quality).toBeUndefined();
    expect(event.extra).toBeUndefined();
  });

  it("keeps a stated amount that differs, and the price beside it", () => {
    const event = write(usageEvent({ cost: { amount: "0.01" }, extra: { region: "x" } }));
    expect(event.cost).toEqual({ amount: "0.01", currency: "USD", basis: "reported" });
    expect(event.quality).toEqual(["cost.differs"]);
    expect(event.extra).toEqual({ region: "x", priced_usd: "0.006" });
  });

  it("says of provisioned capacity that its bill is shared out", () => {
    const event = write(usageEvent({ cost: undefined, model: { service_tier: "provisioned" } }));
    expect(event.cost).toEqual({ currency: "USD", basis: "allocated" });
  });

  it("keeps no amount that was not believed", () => {
    const euros = usageEvent({ cost: { amount: "9", currency: "EUR" }, quality: ["team.missing"] });
    expect(write(euros).cost).toEqual({ currency: "USD", basis: "priced" });
    expect(euros.quality).toEqual(["team.missing", "cost.currency"]);
  });

  it.each([
    ["priced", { cost: undefined }],
    ["reported", { cost: { amount: "0.0060" } }],
    ["reported beside another price", { cost: { amount: "0.123456789012" } }],
    ["allocated", { cost: undefined, model: { service_tier: "provisioned" } }],
    ["priced at odd rates", { cost: undefined, usage: { input_tokens: 7, output_tokens: 11 } }],
  ] as const)("gives back the exact %s amount once stored", (_, overrides) => {
    const event = usageEvent(overrides);
    const { pico } = costOf(event, START, BOOK);
    write(event);
    const stored = encodeEntry({ kind: "event", at: START, event, cost: pico });
    expect(decodeEntry(1, START, stored)).toMatchObject({ cost: pico });
  });

  it("says so where there is no price", () => {
    const event = write(usageEvent({ cost: undefined }), EMPTY);
    expect(event.cost).toEqual({ currency: "USD", basis: "unpriced" });
    expect(event.quality).toEqual(["cost.unpriced"]);
  });
});

import { z } from "zod";
import { SERVICE_TIERS } from "../event.ts";
import type { Pico } from "../money.ts";
import type { PriceOverride, Rate } from "../price-book.ts";
import { usdAmount } from "./amount.ts";
import { SiteText } from "./entry.ts";
import { Moment } from "./moment.ts";

/** Picodollars per million tokens. */
const Price = usdAmount('a price in USD per million tokens, like 2.5 or "2.50"').refine(
  (pico) => pico >= 0n,
  "must not be below zero",
);

/** One price as its file holds it. */
export const PriceEntry = z.strictObject({
  model: SiteText.describe("The model as the events name it, exactly."),
  provider: SiteText.optional().describe("Only from this provider. Without it: from any."),
  service_tier: z
    .enum(SERVICE_TIERS)
    .default("standard")
    .describe("The service tier the price is for."),
  region: SiteText.optional().describe(
    "Only in this region, as the events name it. Without it: in any.",
  ),
  from: Moment.optional().describe("First moment of the price: a date (midnight UTC) or a time."),
  until: Moment.optional().describe("First moment it no longer holds."),
  input: Price.describe("USD per million input tokens."),
  output: Price.describe("USD per million output tokens."),
  cached_input: Price.optional().describe("Of cached input tokens. Without it: as input."),
  cache_write: Price.optional().describe("Of tokens written to the cache. Without it: as input."),
  reasoning: Price.optional().describe("Of reasoning tokens. Without it: as output."),
  request: Price.optional().describe("USD per call, beside its tokens."),
  tiers: z
    .array(
      z.strictObject({
        above: z
          .int()
          .min(1)
          .describe("Requests with more input tokens than this pay the tier's prices as a whole."),
        input: Price.describe("USD per million input tokens."),
        output: Price.describe("USD per million output tokens."),
        cached_input: Price.optional().describe(
          "Of cached input tokens; required where the price has one.",
        ),
        cache_write: Price.optional().describe(
          "Of tokens written to the cache; required where the price has one.",
        ),
        reasoning: Price.optional().describe(
          "Of reasoning tokens; required where the price has one.",
        ),
      }),
    )
    .default([])
    .describe("Prices of large requests."),
});
export type PriceEntry = z.infer<typeof PriceEntry>;

/** Meters that are charged as their parent where a price has no rate for them. */
export const OWN_METERS = ["cached_input", "cache_write", "reasoning"] as const;

/** The price in the form the price book takes, tiers ascending. */
export function toOverride(price: PriceEntry): PriceOverride {
  const { provider, region, model, service_tier: tier, request } = price;
  const tiers = price.tiers.toSorted((a, b) => a.above - b.above);
  const rate = (base: Pico, meter: "input" | "output" | (typeof OWN_METERS)[number]): Rate => ({
    base,
    tiers: tiers.flatMap(({ above, [meter]: tierRate }) =>
      tierRate === undefined ? [] : [{ above, rate: tierRate }],
    ),
  });
  const { cached_input, cache_write, reasoning } = price;
  return {
    ...(provider === undefined ? {} : { provider }),
    ...(region === undefined ? {} : { region }),
    model,
    tier,
    from: price.from ?? -Infinity,
    until: price.until ?? Infinity,
    rates: {
      input: rate(price.input, "input"),
      output: rate(price.output, "output"),
      ...(cached_input === undefined ? {} : { cachedInput: rate(cached_input, "cached_input") }),
      ...(cache_write === undefined ? {} : { cacheWrite: rate(cache_write, "cache_write") }),
      ...(reasoning === undefined ? {} : { reasoning: rate(reasoning, "reasoning") }),
      ...(request === undefined ? {} : { request }),
      tier,
    },
  };
}

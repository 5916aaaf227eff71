import { z } from "zod";
import { SERVICE_TIERS } from "../event.ts";
import { parseUsd, type Pico } from "../money.ts";
import type { PriceOverride, Rate } from "../pricing.ts";
import { parseTime } from "../time.ts";
import { SiteText } from "./entry.ts";

const USD = 'a price in USD per million tokens, like 2.5 or "2.50"';

/** Picodollars per million tokens, written as a decimal string or a number. */
const Price = z
  .union([z.string(), z.number()], {
    error: ({ input }) => (input === undefined ? `is missing: ${USD}` : `must be ${USD}`),
  })
  .transform((value, context): Pico => {
    const pico = parseUsd(typeof value === "number" ? decimal(value) : value);
    if (pico !== null && pico >= 0n) return pico;
    context.addIssue(`must be ${USD}, with at most twelve decimals`);
    return z.NEVER;
  });

/** A date (its midnight UTC) or an RFC 3339 time. */
const Moment = z.string().transform((text, context) => {
  const at = parseTime(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text);
  if (at === null) context.addIssue("must be a date like 2026-07-01 or an RFC 3339 time");
  return at ?? z.NEVER;
});

/** One price as its file holds it. */
export const PriceEntry = z.strictObject({
  model: SiteText.describe("The model as the events name it, exactly."),
  provider: SiteText.optional().describe("Only from this provider. Without it: from any."),
  service_tier: z
    .enum(SERVICE_TIERS)
    .default("standard")
    .describe("The service tier the price is for."),
  from: Moment.optional().describe("First moment of the price: a date (midnight UTC) or a time."),
  until: Moment.optional().describe("First moment it no longer holds."),
  input: Price.describe("USD per million input tokens."),
  output: Price.describe("USD per million output tokens."),
  cached_input: Price.optional().describe("Of cached input tokens. Without it: as input."),
  cache_write: Price.optional().describe("Of tokens written to the cache. Without it: as input."),
  reasoning: Price.optional().describe("Of reasoning tokens. Without it: as output."),
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
      }),
    )
    .default([])
    .describe("Prices of large requests."),
});
export type PriceEntry = z.infer<typeof PriceEntry>;

/** The price in the form the price book takes, tiers ascending. */
export function toOverride(price: PriceEntry): PriceOverride {
  const { provider, model, service_tier: tier, cached_input, cache_write, reasoning } = price;
  const tiers = price.tiers.toSorted((a, b) => a.above - b.above);
  const rate = (base: Pico, meter: "input" | "output" | "cached_input"): Rate => ({
    base,
    tiers: tiers.flatMap(({ above, [meter]: tierRate }) =>
      tierRate === undefined ? [] : [{ above, rate: tierRate }],
    ),
  });
  return {
    ...(provider === undefined ? {} : { provider }),
    model,
    tier,
    from: price.from ?? -Infinity,
    until: price.until ?? Infinity,
    rates: {
      input: rate(price.input, "input"),
      output: rate(price.output, "output"),
      ...(cached_input === undefined ? {} : { cachedInput: rate(cached_input, "cached_input") }),
      ...(cache_write === undefined ? {} : { cacheWrite: { base: cache_write, tiers: [] } }),
      ...(reasoning === undefined ? {} : { reasoning: { base: reasoning, tiers: [] } }),
      tier,
    },
  };
}

/** The digits a person wrote: the shortest that give the same double, without an exponent. */
function decimal(value: number): string {
  const text = String(value);
  if (!text.includes("e-")) return text;
  const fixed = value.toFixed(12);
  return Number(fixed) === value ? fixed : text;
}

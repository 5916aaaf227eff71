import type { TieredPrices } from "@pydantic/genai-prices";
import { calcPrice, type ModelPrice } from "@pydantic/genai-prices";
import { divideHalfEven, PICO_PER_USD, type Pico } from "#core/money.ts";
import type { ServiceTier } from "#core/event.ts";
import type { ModelRates, PriceBook, PriceQuery, Rate } from "#core/price-book.ts";
import { DAY } from "#core/time.ts";

const MAX_REMEMBERED = 10_000;
const MAX_OF_MODEL = 64;

/** An answer for one provider, tier and day; models are told apart before. */
interface Remembered {
  provider: string | undefined;
  tier: ServiceTier;
  day: number;
  rates: ModelRates | null;
}

/**
 * The price tables of the genai-prices package (dated, tiered; USD per million tokens). Its own
 * calculator works in doubles, so only the tables are read: once per provider, model, tier and day, or
 * per event where a price depends on the time of day. They know regions by the model's name only
 * (`eu.anthropic.claude-…`), and few service tiers (`…:batch`).
 */
export function createGenaiPrices(): PriceBook {
  const remembered = new Map<string, Remembered[]>();
  let size = 0;
  return {
    rates(query) {
      const { provider, model, tier } = query;
      const day = Math.floor(query.at / DAY);
      const known = remembered.get(model);
      for (const answer of known ?? []) {
        if (answer.day === day && answer.provider === provider && answer.tier === tier)
          return answer.rates;
      }
      const { rates, wholeDay } = lookUpTier(query) ?? lookUp(query);
      if (!wholeDay) return rates;
      if (size >= MAX_REMEMBERED) {
        remembered.clear();
        size = 0;
      }
      // The newest day first: that is what the next event mostly asks for.
      remembered.set(
        model,
        [{ provider, tier, day, rates }, ...(known ?? [])].slice(0, MAX_OF_MODEL),
      );
      size += 1;
      return rates;
    },
  };
}

interface Answer {
  rates: ModelRates | null;
  wholeDay: boolean;
  /** The table's name of the model. */
  id: string | null;
}

/** The price of a service tier, where the tables list it as a model of its own (`gpt-6-sol:batch`). */
function lookUpTier(query: PriceQuery): Answer | null {
  const { model, tier } = query;
  if (tier === "standard") return null;
  const suffix = `:${tier}`;
  const answer = lookUp({ ...query, model: model.endsWith(suffix) ? model : model + suffix });
  if (!answer.rates || !answer.id?.endsWith(suffix)) return null;
  return { ...answer, rates: { ...answer.rates, tier } };
}

function lookUp({ provider, model, at }: PriceQuery): Answer {
  const found = calcPrice({}, model, {
    timestamp: new Date(at),
    ...(provider === undefined ? {} : { providerId: provider }),
  });
  if (!found) return { rates: null, wholeDay: true, id: null };
  const { prices } = found.model;
  const wholeDay =
    !Array.isArray(prices) || prices.every((price) => price.constraint?.type !== "time_of_date");
  return { rates: toRates(found.model_price), wholeDay, id: found.model.id };
}

/** Rates in picodollars; null where the table prices neither input nor output tokens. */
function toRates(price: ModelPrice): ModelRates | null {
  const input = toRate(price["input_mtok"]);
  const output = toRate(price["output_mtok"]);
  if (!input && !output) return null;
  const free: Rate = { base: 0n, tiers: [] };
  const rates: ModelRates = { input: input ?? free, output: output ?? free, tier: "standard" };
  const cachedInput = toRate(price["cache_read_mtok"]);
  const cacheWrite = toRate(price["cache_write_mtok"]);
  const reasoning = toRate(price["output_reasoning_mtok"]);
  const calls = toRate(price["requests_kcount"]);
  if (cachedInput) rates.cachedInput = cachedInput;
  if (cacheWrite) rates.cacheWrite = cacheWrite;
  if (reasoning) rates.reasoning = reasoning;
  if (calls) rates.request = divideHalfEven(calls.base, 1_000n);
  return rates;
}

function toRate(price: number | TieredPrices | undefined): Rate | null {
  if (price === undefined) return null;
  if (typeof price === "number") return { base: toPico(price), tiers: [] };
  const tiers = price.tiers.map((tier) => ({ above: tier.start, rate: toPico(tier.price) }));
  return { base: toPico(price.base), tiers: tiers.toSorted((a, b) => a.above - b.above) };
}

/** The tables hold doubles with at most twelve meaningful digits; what lies behind is float noise. */
function toPico(usd: number): Pico {
  const [mantissa = "0", exponent = "0"] = usd.toExponential(11).split("e");
  const digits = BigInt(mantissa.replace(".", ""));
  const shift = Number(exponent) - 11;
  return shift >= 0
    ? digits * 10n ** BigInt(shift) * PICO_PER_USD
    : (digits * PICO_PER_USD) / 10n ** BigInt(-shift);
}

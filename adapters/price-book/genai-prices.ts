import type { TieredPrices } from "@pydantic/genai-prices";
import { calcPrice, type ModelPrice } from "@pydantic/genai-prices";
import { PICO_PER_USD, type Pico } from "#core/money.ts";
import type { ModelRates, PriceBook, PriceQuery, Rate } from "#core/pricing.ts";
import { DAY } from "#core/time.ts";

const MAX_REMEMBERED = 10_000;
const MAX_OF_MODEL = 64;

/** An answer for one provider and day; models are told apart before. */
interface Remembered {
  provider: string | undefined;
  day: number;
  rates: ModelRates | null;
}

/**
 * The price tables of the genai-prices package (dated, tiered; USD per million tokens). Its own
 * calculator works in doubles, so only the tables are read: once per provider, model and day, or per
 * event where a price depends on the time of day.
 */
export function createGenaiPrices(): PriceBook {
  const remembered = new Map<string, Remembered[]>();
  let size = 0;
  return {
    rates(query) {
      const { provider, model } = query;
      const day = Math.floor(query.at / DAY);
      const known = remembered.get(model);
      for (const answer of known ?? []) {
        if (answer.day === day && answer.provider === provider) return answer.rates;
      }
      const { rates, wholeDay } = lookUp(query);
      if (!wholeDay) return rates;
      if (size >= MAX_REMEMBERED) {
        remembered.clear();
        size = 0;
      }
      // The newest day first: that is what the next event mostly asks for.
      remembered.set(model, [{ provider, day, rates }, ...(known ?? [])].slice(0, MAX_OF_MODEL));
      size += 1;
      return rates;
    },
  };
}

function lookUp({ provider, model, at }: PriceQuery): {
  rates: ModelRates | null;
  wholeDay: boolean;
} {
  const found = calcPrice({}, model, {
    timestamp: new Date(at),
    ...(provider === undefined ? {} : { providerId: provider }),
  });
  if (!found) return { rates: null, wholeDay: true };
  const { prices } = found.model;
  const wholeDay =
    !Array.isArray(prices) || prices.every((price) => price.constraint?.type !== "time_of_date");
  return { rates: toRates(found.model_price), wholeDay };
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
  if (cachedInput) rates.cachedInput = cachedInput;
  if (cacheWrite) rates.cacheWrite = cacheWrite;
  if (reasoning) rates.reasoning = reasoning;
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

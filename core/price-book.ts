import type { ServiceTier, Usage } from "./event.ts";
import { divideHalfEven, type Pico } from "./money.ts";
import type { EventTime } from "./time.ts";

/** Picodollars per million tokens; where tiers are given, the whole request pays the rate of the highest one its input exceeds. */
export interface Rate {
  base: Pico;
  /** Ascending by `above` (total input tokens of the request). */
  tiers: readonly { above: number; rate: Pico }[];
}

/** What one model costs at one moment. A meter without a rate of its own is charged as its parent (cached and cache write as input, reasoning as output). */
export interface ModelRates {
  input: Rate;
  output: Rate;
  cachedInput?: Rate;
  cacheWrite?: Rate;
  reasoning?: Rate;
  /** Picodollars per call, beside its tokens. */
  request?: Pico;
  /** The service tier the rates were made for; another one is priced by them but flagged. */
  tier: ServiceTier;
}

/** Answers the rates of a model; null where no price is known, which is never the same as free. */
export interface PriceBook {
  rates(query: PriceQuery): ModelRates | null;
}

export interface PriceQuery {
  provider: string | undefined;
  model: string;
  tier: ServiceTier;
  region: string | undefined;
  at: EventTime;
}

/** A contract price of the site: which model, when, and its rates. */
export interface PriceOverride {
  provider?: string;
  model: string;
  tier: ServiceTier;
  /** Only in this region. */
  region?: string;
  /** Half-open in event time; infinite where an end is open. */
  from: EventTime;
  until: EventTime;
  rates: ModelRates;
}

const MILLION = 1_000_000n;

/**
 * Tokens times rates and the price of the call itself, each meter line rounded half-even to the picodollar. `input_tokens` includes
 * cached and cache-write tokens and `output_tokens` includes reasoning; each is charged once.
 */
export function priceUsage(usage: Usage, rates: ModelRates): Pico {
  const input = usage.input_tokens ?? 0;
  const cached = Math.min(usage.cached_input_tokens ?? 0, input);
  const written = Math.min(usage.cache_write_tokens ?? 0, input - cached);
  const output = usage.output_tokens ?? 0;
  const reasoning = rates.reasoning ? Math.min(usage.reasoning_tokens ?? 0, output) : 0;
  let pico = rates.request ?? 0n;
  pico = charge(pico, input - cached - written, rates.input, input);
  pico = charge(pico, cached, rates.cachedInput ?? rates.input, input);
  pico = charge(pico, written, rates.cacheWrite ?? rates.input, input);
  pico = charge(pico, output - reasoning, rates.output, input);
  return charge(pico, reasoning, rates.reasoning ?? rates.output, input);
}

function charge(pico: Pico, tokens: number, rate: Rate, totalInput: number): Pico {
  if (tokens === 0) return pico;
  let perMillion = rate.base;
  for (const tier of rate.tiers) if (totalInput > tier.above) perMillion = tier.rate;
  return pico + divideHalfEven(BigInt(tokens) * perMillion, MILLION);
}

import type { Cost, CostBasis, ServiceTier, Usage, UsageEvent } from "./event.ts";
import { divideHalfEven, parseUsd, type Pico } from "./money.ts";
import type { OtherCode } from "./quality.ts";
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
  at: EventTime;
}

/** A contract price of the site: which model, when, and its rates. */
export interface PriceOverride {
  provider?: string;
  model: string;
  tier: ServiceTier;
  /** Half-open in event time; infinite where an end is open. */
  from: EventTime;
  until: EventTime;
  rates: ModelRates;
}

/** The cost of one event: exact picodollars or null while unpriced, and on what it rests. */
export interface PricedCost {
  pico: Pico | null;
  basis: CostBasis;
  code: OtherCode | null;
}

const MILLION = 1_000_000n;

/**
 * Decides the cost of an event: what the source reported in USD, else tokens times the price book,
 * else unpriced. A reported zero for tokens is not believed.
 */
export function costOf(event: UsageEvent, at: EventTime, book: PriceBook): PricedCost {
  const reported = reportedCost(event.cost);
  const tokens = hasTokens(event.usage);
  if (reported !== null && (reported !== 0n || !tokens || event.outcome?.status === "cache_hit")) {
    const basis = event.cost?.basis;
    return {
      pico: reported,
      basis: !basis || basis === "unpriced" ? "reported" : basis,
      code: null,
    };
  }
  const priced = bookCost(event, at, book);
  if (reported !== null) return { ...priced, code: "cost.zero_suspect" };
  if (event.cost?.amount !== undefined) return { ...priced, code: "cost.currency" };
  return priced;
}

/**
 * Writes what the decided cost rests on into the event. A stated amount stays; a priced one goes beside
 * the event as picodollars and into its stored form, since writing decimals for every event is dear.
 */
export function writeCost(event: UsageEvent, { basis, code }: PricedCost): void {
  const isStated = code === null && basis !== "priced" && basis !== "unpriced";
  const amount = isStated ? event.cost?.amount : undefined;
  event.cost =
    amount === undefined ? { currency: "USD", basis } : { amount, currency: "USD", basis };
  if (code) event.quality = [...(event.quality ?? []), code];
}

function reportedCost(cost: Cost | undefined): Pico | null {
  if (cost?.amount === undefined) return null;
  if (cost.currency !== undefined && cost.currency !== "USD") return null;
  return parseUsd(cost.amount);
}

function hasTokens(usage: Usage | undefined): boolean {
  return (usage?.input_tokens ?? 0) > 0 || (usage?.output_tokens ?? 0) > 0;
}

function bookCost(event: UsageEvent, at: EventTime, book: PriceBook): PricedCost {
  const usage = event.usage;
  if (!usage || !hasTokens(usage)) return withoutTokens(event);
  const model = event.model?.served ?? event.model?.requested;
  const tier = event.model?.service_tier ?? "standard";
  const rates = model ? book.rates({ provider: event.model?.provider, model, tier, at }) : null;
  if (!rates) return { pico: null, basis: "unpriced", code: "cost.unpriced" };
  const pico = priceUsage(usage, rates);
  return rates.tier === tier
    ? { pico, basis: "priced", code: null }
    : { pico, basis: "estimated", code: "cost.tier_assumed" };
}

/** A call that says it used no token, or that failed, costs nothing; one that says nothing is unpriced. */
function withoutTokens(event: UsageEvent): PricedCost {
  const status = event.outcome?.status ?? "ok";
  const counted = event.usage?.input_tokens !== undefined || event.type === "audit";
  return counted || status !== "ok"
    ? { pico: 0n, basis: "priced", code: null }
    : { pico: null, basis: "unpriced", code: "cost.unpriced" };
}

/**
 * Tokens times rates, each meter line rounded half-even to the picodollar. `input_tokens` includes
 * cached and cache-write tokens and `output_tokens` includes reasoning; each is charged once.
 */
export function priceUsage(usage: Usage, rates: ModelRates): Pico {
  const input = usage.input_tokens ?? 0;
  const cached = Math.min(usage.cached_input_tokens ?? 0, input);
  const written = Math.min(usage.cache_write_tokens ?? 0, input - cached);
  const output = usage.output_tokens ?? 0;
  const reasoning = rates.reasoning ? Math.min(usage.reasoning_tokens ?? 0, output) : 0;
  return (
    line(input - cached - written, rates.input, input) +
    line(cached, rates.cachedInput ?? rates.input, input) +
    line(written, rates.cacheWrite ?? rates.input, input) +
    line(output - reasoning, rates.output, input) +
    line(reasoning, rates.reasoning ?? rates.output, input)
  );
}

function line(tokens: number, rate: Rate, totalInput: number): Pico {
  if (tokens === 0) return 0n;
  let perMillion = rate.base;
  for (const tier of rate.tiers) if (totalInput > tier.above) perMillion = tier.rate;
  return divideHalfEven(BigInt(tokens) * perMillion, MILLION);
}

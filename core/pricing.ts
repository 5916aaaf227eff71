import type { Cost, CostBasis, ServiceTier, Usage, UsageEvent } from "./event.ts";
import { formatUsd, parseUsd, type Pico } from "./money.ts";
import { type ModelRates, type PriceBook, priceUsage } from "./price-book.ts";
import type { OtherCode } from "./quality.ts";
import type { EventTime } from "./time.ts";

/** The cost of one event: exact picodollars or null while unpriced, and on what it rests. */
export interface PricedCost {
  pico: Pico | null;
  basis: CostBasis;
  code: OtherCode | null;
  /** What the price book says, where that lies more than a hundredth beside what was reported. */
  differs?: Pico;
}

const PROVISIONED: PricedCost = Object.freeze({ pico: 0n, basis: "allocated", code: null });

/**
 * Decides the cost of an event: what the source reported in USD, else tokens times the price book,
 * else unpriced. A reported zero for tokens is not believed, and a reported amount is compared with the
 * book's. On provisioned capacity a call without a price of its own costs nothing more: the capacity's
 * bill is allocated (`core/showback/charges.ts`).
 */
export function costOf(event: UsageEvent, at: EventTime, book: PriceBook): PricedCost {
  const reported = reportedCost(event.cost);
  const tokens = hasTokens(event.usage);
  if (reported !== null && (reported !== 0n || !tokens || event.outcome?.status === "cache_hit")) {
    const stated = event.cost?.basis;
    const basis = !stated || stated === "unpriced" ? "reported" : stated;
    const differs = basis === "allocated" ? null : differingPrice(event, reported, at, book);
    return differs === null
      ? { pico: reported, basis, code: null }
      : { pico: reported, basis, code: "cost.differs", differs };
  }
  const priced = bookCost(event, at, book);
  if (reported === 0n && priced.pico === 0n) return priced;
  if (reported !== null) return { ...priced, code: "cost.zero_suspect" };
  if (event.cost?.amount !== undefined) return { ...priced, code: "cost.currency" };
  return priced;
}

/**
 * Writes what the decided cost rests on into the event. A stated amount stays; a priced one goes beside
 * the event as picodollars and into its stored form, since writing decimals for every event is dear.
 */
export function writeCost(event: UsageEvent, { basis, code, differs }: PricedCost): void {
  const isBelieved = code === null || code === "cost.differs";
  const isStated = isBelieved && basis !== "priced" && basis !== "unpriced";
  const amount = isStated ? event.cost?.amount : undefined;
  event.cost =
    amount === undefined ? { currency: "USD", basis } : { amount, currency: "USD", basis };
  if (code) event.quality = [...(event.quality ?? []), code];
  if (differs !== undefined) event.extra = { ...event.extra, priced_usd: formatUsd(differs) };
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
  const tier = tierOf(event);
  const rates = ratesOf(event, at, book);
  if (tier === "provisioned" && rates?.tier !== tier) return PROVISIONED;
  if (!rates) return { pico: null, basis: "unpriced", code: "cost.unpriced" };
  const pico = priceUsage(usage, rates);
  return rates.tier === tier
    ? { pico, basis: "priced", code: null }
    : { pico, basis: "estimated", code: "cost.tier_assumed" };
}

function ratesOf(event: UsageEvent, at: EventTime, book: PriceBook): ModelRates | null {
  const model = event.model?.served ?? event.model?.requested;
  if (model === undefined) return null;
  const { provider, region } = event.model ?? {};
  return book.rates({ provider, model, tier: tierOf(event), region, at });
}

function tierOf(event: UsageEvent): ServiceTier {
  return event.model?.service_tier ?? "standard";
}

/** The book's price of a call where it knows one and the reported amount is off by more than a hundredth of it. */
function differingPrice(
  event: UsageEvent,
  reported: Pico,
  at: EventTime,
  book: PriceBook,
): Pico | null {
  if (reported <= 0n || !hasTokens(event.usage)) return null;
  const { pico, basis } = bookCost(event, at, book);
  if (pico === null || basis !== "priced") return null;
  const listed = Number(pico);
  return Math.abs(Number(reported) - listed) * 100 > listed ? pico : null;
}

/** A call that says it used no token, or that failed, costs nothing; one that says nothing is unpriced. */
function withoutTokens(event: UsageEvent): PricedCost {
  if (tierOf(event) === "provisioned") return PROVISIONED;
  const status = event.outcome?.status ?? "ok";
  const counted = event.usage?.input_tokens !== undefined || event.type === "audit";
  return counted || status !== "ok"
    ? { pico: 0n, basis: "priced", code: null }
    : { pico: null, basis: "unpriced", code: "cost.unpriced" };
}

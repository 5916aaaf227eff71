import { attribute, type OwnershipSources } from "./attribution.ts";
import type { UsageEvent } from "./event.ts";
import type { Pico } from "./money.ts";
import type { PriceBook } from "./price-book.ts";
import { costOf, writeCost } from "./pricing.ts";
import type { EventTime } from "./time.ts";

/** What an event is resolved against on its way in. */
export interface Resolution {
  ownership: OwnershipSources;
  prices: PriceBook;
}

/** Gives a checked event its owner and its price, and returns the exact cost; null while unpriced. */
export function resolveEvent(
  event: UsageEvent,
  at: EventTime,
  resolution: Resolution,
): Pico | null {
  attribute(event, resolution.ownership);
  const cost = costOf(event, at, resolution.prices);
  writeCost(event, cost);
  return cost.pico;
}

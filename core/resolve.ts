import { attribute, type OwnershipSources } from "./attribution.ts";
import type { UsageEvent } from "./event.ts";
import type { Pico } from "./money.ts";
import { costOf, type PriceBook, writeCost } from "./pricing.ts";
import type { EventTime } from "./time.ts";

/** What an event is resolved against on its way in. */
export interface Resolution {
  ownership: OwnershipSources;
  prices: PriceBook;
  /** True where a source only tells of calls that another one counts. */
  isShadow: (source: string) => boolean;
}

/** Gives a checked event its owner and its price, and returns the exact cost; null while unpriced. */
export function resolveEvent(
  event: UsageEvent,
  at: EventTime,
  resolution: Resolution,
): Pico | null {
  attribute(event, resolution.ownership);
  if (resolution.isShadow(event.source)) {
    event.quality = [...(event.quality ?? []), "feed.shadow"];
  }
  const cost = costOf(event, at, resolution.prices);
  writeCost(event, cost);
  return cost.pico;
}

import { attribute, type OwnershipSources } from "./attribution.ts";
import type { UsageEvent } from "./event.ts";
import type { Pico } from "./money.ts";
import type { NetworkLookup } from "./network/ranges.ts";
import type { PriceBook } from "./price-book.ts";
import { costOf, writeCost } from "./pricing.ts";
import type { EventTime } from "./time.ts";

/** What an event is resolved against on its way in. */
export interface Resolution {
  ownership: OwnershipSources;
  prices: PriceBook;
  /** Null: nothing is known of networks but what events say. */
  network: NetworkLookup | null;
}

/** Gives a checked event its network, its owner and its price, and returns the exact cost; null while unpriced. */
export function resolveEvent(
  event: UsageEvent,
  at: EventTime,
  resolution: Resolution,
): Pico | null {
  if (resolution.network) addNetworkFacts(event, resolution.network);
  attribute(event, resolution.ownership);
  const cost = costOf(event, at, resolution.prices);
  writeCost(event, cost);
  return cost.pico;
}

/** What the event says of its network stands; what it does not say comes from the address. */
function addNetworkFacts({ network }: UsageEvent, lookup: NetworkLookup): void {
  if (network?.ip === undefined) return;
  if (network.asn !== undefined && network.country !== undefined) return;
  const facts = lookup(network.ip);
  if (facts?.asn !== undefined) network.asn ??= facts.asn;
  if (facts?.country !== undefined) network.country ??= facts.country;
}

import { z } from "zod";
import { type FileProblem, type Locate, parseLocated } from "../located.ts";
import type { PriceOverride } from "../price-book.ts";
import { below, type Entry, placeOf, type SiteFile } from "./entry.ts";
import { OWN_METERS, PriceEntry, toOverride } from "./price-entry.ts";

/** The site's contract prices as their file holds them. */
export const PricesFile = z.strictObject({
  prices: z.array(PriceEntry).describe("Contract prices; they go before the built-in tables."),
});

/** Parses a price file into exact picodollars. */
export function parsePrices(file: string, text: string): SiteFile<PriceOverride> {
  const { value, problems, at } = parseLocated(file, text, PricesFile);
  if (value === null) return { entries: [], problems };
  const found = value.prices.map((price, i) => {
    const atPrice = below(at, ["prices", i]);
    return {
      problems: checkEntry(price, atPrice),
      entry: { value: toOverride(price), at: atPrice },
    };
  });
  return {
    entries: found.filter((price) => price.problems.length === 0).map(({ entry }) => entry),
    problems: found.flatMap((price) => price.problems),
  };
}

/**
 * Joins price files. One model, provider, region and service tier has one price at a time. A price that
 * names a provider goes before one for any; among those, one that names a region before one for any.
 */
export function joinPrices(files: readonly SiteFile<PriceOverride>[]): {
  overrides: PriceOverride[];
  problems: FileProblem[];
} {
  const problems = files.flatMap((file) => file.problems);
  const byKey = new Map<string, Entry<PriceOverride>[]>();
  for (const entry of files.flatMap((file) => file.entries)) {
    const { provider, region, model, tier, from, until } = entry.value;
    const key = JSON.stringify([provider, region, model, tier]);
    const others = byKey.get(key) ?? [];
    const other = others.find(({ value }) => value.from < until && from < value.until);
    if (other) {
      const message = `overlaps in time with the price at ${placeOf(other, ["model"])}`;
      problems.push(entry.at(["model"], message));
    }
    byKey.set(key, [...others, entry]);
  }
  const overrides = [...byKey.values()].flat().map(({ value }) => value);
  return { overrides: overrides.toSorted((a, b) => vagueness(a) - vagueness(b)), problems };
}

function vagueness({ provider, region }: PriceOverride): number {
  return (provider === undefined ? 2 : 0) + (region === undefined ? 1 : 0);
}

function checkEntry(price: PriceEntry, at: Locate): FileProblem[] {
  const { from, until, tiers } = price;
  const problems: FileProblem[] = [];
  if (from !== undefined && until !== undefined && from >= until) {
    problems.push(at(["until"], "must be after from"));
  }
  tiers.forEach((tier, i) => {
    if (tiers.findIndex(({ above }) => above === tier.above) !== i) {
      problems.push(at(["tiers", i, "above"], "another tier begins there"));
    }
    for (const meter of OWN_METERS) {
      if ((price[meter] === undefined) === (tier[meter] === undefined)) continue;
      const message = `give ${meter} in the price and in every tier, or in none`;
      problems.push(at(["tiers", i, meter], message));
    }
  });
  return problems;
}

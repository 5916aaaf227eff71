import type { PriceBook, PriceOverride, PriceQuery } from "#core/price-book.ts";

/**
 * Puts the site's own prices before a price book. A price for the very service tier goes before one for
 * another tier, the site's before the book's; for a tier nobody prices the standard price is the answer,
 * told by its \`tier\`. Expects the overrides as \`joinPrices\` orders them, the most specific first.
 */
export function withOverrides(book: PriceBook, overrides: readonly PriceOverride[]): PriceBook {
  if (overrides.length === 0) return book;
  const byModel = new Map<string, PriceOverride[]>();
  for (const override of overrides) {
    byModel.set(override.model, [...(byModel.get(override.model) ?? []), override]);
  }
  return {
    rates(query) {
      const own = byModel.get(query.model);
      if (!own) return book.rates(query);
      const exact = own.find((override) => applies(override, query));
      if (exact) return exact.rates;
      const listed = book.rates(query);
      if (query.tier === "standard" || listed?.tier === query.tier) return listed;
      const standard = own.find((override) => applies(override, { ...query, tier: "standard" }));
      return standard?.rates ?? listed;
    },
  };
}

function applies(override: PriceOverride, { provider, tier, region, at }: PriceQuery): boolean {
  return (
    (override.provider === undefined || override.provider === provider) &&
    (override.region === undefined || override.region === region) &&
    override.tier === tier &&
    override.from <= at &&
    at < override.until
  );
}

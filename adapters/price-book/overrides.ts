import type { PriceBook, PriceOverride, PriceQuery } from "#core/pricing.ts";

/** Puts the site's own prices before a price book: an exact match on provider, model, tier and time wins. */
export function withOverrides(book: PriceBook, overrides: readonly PriceOverride[]): PriceBook {
  if (overrides.length === 0) return book;
  const models = new Set(overrides.map((override) => override.model));
  return {
    rates: (query) => {
      const override = models.has(query.model) && overrides.find((o) => applies(o, query));
      return override ? override.rates : book.rates(query);
    },
  };
}

function applies(override: PriceOverride, { provider, model, tier, at }: PriceQuery): boolean {
  return (
    override.model === model &&
    (override.provider === undefined || override.provider === provider) &&
    override.tier === tier &&
    override.from <= at &&
    at < override.until
  );
}

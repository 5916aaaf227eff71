import { formatUsd, type Pico } from "../money.ts";
import { costOf, type Line } from "./statement.ts";
import type { PricedBasis, Stage, UsageTotals } from "./totals.ts";

/** Money of one line or of the whole; every amount is a decimal string in USD. */
export interface Figures {
  /** Everything: `layers` add up to it, and so does `basis`. */
  cost: string;
  /** Direct usage, and the part of the shared cost that is borne. */
  layers: { consumption: string; platform: string };
  /** What the cost rests on; shares of shared cost and of charges are `allocated`. */
  basis: Record<PricedBasis, string>;
  /** The consumption by environment. */
  environments: Record<Stage, string>;
  /** The part of the consumption that names neither a team nor a cost centre. */
  unattributed: string;
  /** The part of the consumption that nobody authorised, as findings tell it. */
  unauthorised: string;
  calls: number;
  input_tokens: number;
  output_tokens: number;
  cached_input_tokens: number;
  /** Calls that a cache answered. */
  cache_hits: number;
  /** Usage without a price: not part of any amount. */
  unpriced: { calls: number; tokens: number };
  /** The cost in the period before, of equal length; null where there is none to compare with. */
  expected: string | null;
  /** cost − expected. */
  variance: string | null;
}

/** Renders a line; `expected` in picodollars. */
export function figuresOf(line: Line, expected: Pico | null): Figures {
  const { consumption, platform } = line;
  const cost = costOf(line);
  const { basis, stages } = consumption;
  return {
    cost: formatUsd(cost),
    layers: { consumption: formatUsd(consumption.cost), platform: formatUsd(platform) },
    basis: amounts({ ...basis, allocated: basis.allocated + platform }),
    environments: amounts(stages),
    unattributed: formatUsd(consumption.unattributed),
    unauthorised: formatUsd(consumption.unauthorised),
    ...countsOf(consumption),
    expected: expected === null ? null : formatUsd(expected),
    variance: expected === null ? null : formatUsd(cost - expected),
  };
}

/** Renders what is counted, and what has no price. */
export function countsOf(totals: UsageTotals) {
  const { calls, input_tokens, output_tokens, cached_input_tokens, cache_hits } = totals;
  const unpriced = { calls: totals.unpriced_calls, tokens: totals.unpriced_tokens };
  return { calls, input_tokens, output_tokens, cached_input_tokens, cache_hits, unpriced };
}

function amounts<K extends string>(sums: Record<K, Pico>): Record<K, string> {
  const entries = Object.entries<Pico>(sums).map(([name, sum]) => [name, formatUsd(sum)]);
  return Object.fromEntries(entries) as Record<K, string>;
}

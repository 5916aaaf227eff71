import type { Pico } from "../money.ts";

/** Who shares an amount, and by how much of the driver. */
export interface Weight {
  key: string;
  /** A negative weight (a group whose credits outweigh its usage) counts as 0. */
  weight: bigint;
}

/**
 * Splits an amount in proportion to weights so that the shares add up to it, to the picodollar:
 * floor(C·w/W), then one picodollar each to the largest remainders, equal ones by key (the method of
 * largest remainder, Hamilton's). A credit is split by its absolute value. Empty where the weights add
 * up to 0: an amount without a driver is the caller's to show, never spread evenly in silence.
 */
export function splitExactly(amount: Pico, weights: readonly Weight[]): Map<string, Pico> {
  const drivers = driversOf(weights);
  const whole = [...drivers.values()].reduce((sum, weight) => sum + weight, 0n);
  if (whole === 0n) return new Map();
  const absolute = amount < 0n ? -amount : amount;
  const parts = [...drivers].map(([key, weight]) => {
    const product = absolute * weight;
    return { key, share: product / whole, remainder: product % whole };
  });
  let left = absolute - parts.reduce((sum, { share }) => sum + share, 0n);
  for (const part of parts.toSorted(byRemainder)) {
    if (left === 0n) break;
    part.share += 1n;
    left -= 1n;
  }
  return new Map(parts.map(({ key, share }) => [key, amount < 0n ? -share : share]));
}

function driversOf(weights: readonly Weight[]): Map<string, bigint> {
  const drivers = new Map<string, bigint>();
  for (const { key, weight } of weights) {
    drivers.set(key, (drivers.get(key) ?? 0n) + (weight < 0n ? 0n : weight));
  }
  return drivers;
}

interface Part {
  key: string;
  share: bigint;
  remainder: bigint;
}

function byRemainder(a: Part, b: Part): number {
  if (a.remainder !== b.remainder) return a.remainder > b.remainder ? -1 : 1;
  return a.key < b.key ? -1 : 1;
}

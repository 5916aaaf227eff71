/**
 * One stream of random numbers: the state of sfc32, the 32-bit "small fast counter" generator of Chris
 * Doty-Humphrey's PractRand (public domain, pracrand.sourceforge.net).
 */
export type Random = Uint32Array;

/** A stream of its own for every name, so that a new story leaves everybody else's events as they were. */
export function createRandom(seed: number, name: string): Random {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  const random = Uint32Array.of(hash, seed, 0x9e3779b9, 1);
  for (let i = 0; i < 15; i++) nextWord(random);
  return random;
}

function nextWord(s: Random): number {
  const sum = (s[0]! + s[1]! + s[3]!) >>> 0;
  s[3] = s[3]! + 1;
  s[0] = s[1]! ^ (s[1]! >>> 9);
  s[1] = s[2]! + (s[2]! << 3);
  s[2] = ((s[2]! << 21) | (s[2]! >>> 11)) + sum;
  return sum;
}

/** A fraction from 0 up to but not including 1. */
function fraction(random: Random): number {
  return nextWord(random) / 0x1_0000_0000;
}

export function between(random: Random, low: number, high: number): number {
  return low + (high - low) * fraction(random);
}

/** A whole number from `low` to `high`, both included. */
export function whole(random: Random, low: number, high: number): number {
  return low + Math.floor(fraction(random) * (high - low + 1));
}

export function chance(random: Random, probability: number): boolean {
  return fraction(random) < probability;
}

export function pick<T>(random: Random, items: readonly T[]): T {
  return items[Math.floor(fraction(random) * items.length)]!;
}

/** Log-normal by its median and the logarithm's deviation, the shape of token counts and waits; cut to a range. */
export function skewed(
  random: Random,
  median: number,
  sigma: number,
  low: number,
  high: number,
): number {
  // Box-Muller; 1 - fraction is never 0.
  const radius = Math.sqrt(-2 * Math.log(1 - fraction(random)));
  const normal = radius * Math.cos(2 * Math.PI * fraction(random));
  return Math.min(high, Math.max(low, median * Math.exp(sigma * normal)));
}

/** As many hex digits: identifiers and digests. */
export function hex(random: Random, digits: number): string {
  let text = "";
  while (text.length < digits) text += nextWord(random).toString(16).padStart(8, "0");
  return text.slice(0, digits);
}

/** How wide the fan-outs of one flow class were: counts by size, old ones fading; plain JSON. */
export interface Sizes {
  /** counts[n]: fan-outs of n children; the last place holds all that are wider. */
  counts: number[];
  total: number;
}

const WIDEST = 64;
/** From here on all counts are halved, so that the newest few hundred decide. */
const FULL = 1_000;

export function createSizes(): Sizes {
  return { counts: [], total: 0 };
}

export function learnSize(sizes: Sizes, size: number): void {
  const place = Math.min(size, WIDEST);
  while (sizes.counts.length <= place) sizes.counts.push(0);
  sizes.counts[place]! += 1;
  sizes.total += 1;
  if (sizes.total < FULL) return;
  sizes.counts = sizes.counts.map((count) => count / 2);
  sizes.total = sizes.counts.reduce((sum, count) => sum + count, 0);
}

/** The smallest size that so large a share of fan-outs does not exceed; 0 without any. */
export function sizeAt({ counts, total }: Sizes, share: number): number {
  let sum = 0;
  for (const [size, count] of counts.entries()) {
    sum += count;
    if (sum >= share * total && sum > 0) return size;
  }
  return 0;
}

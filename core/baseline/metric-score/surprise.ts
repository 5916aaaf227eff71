const BINS = 32;
const FULL = 4_096;
/** A Pareto tail of index 2 beyond what was seen: a value twice as large is half as likely a bin further. */
const PRIOR = 0.3;

export type Surprises = Uint16Array;

/** Histograms of several features, 64 bytes each: half an octave a bin. */
export function createSurprises(features: number): Surprises {
  return new Uint16Array(features * BINS);
}

/**
 * -ln of the smoothed share of this feature's own past values at least as large, and counts the value.
 * A record scores about ln n, a double record more.
 */
export function surpriseOf(counts: Surprises, feature: number, value: number): number {
  const first = feature * BINS;
  const place = Math.min(Math.max(2 * Math.log2(Math.max(value, 1e-6)) + 12, 0), BINS - 1);
  const bin = Math.floor(place);
  const within = place - bin;
  let total = 0;
  let below = 0;
  let above = 0;
  for (let j = 0; j < BINS; j++) {
    const seen = counts[first + j]!;
    total += seen;
    if (j < bin) below = (below + seen) / 2;
    else if (j > bin) above += seen;
  }
  const own = counts[first + bin]! * (1 - within / 2);
  const atLeast = below * 2 ** -within + own + above;
  const surprise = -Math.log(Math.min(1, (atLeast + PRIOR) / (total + 1)));
  count(counts, first, bin);
  return surprise;
}

/** Halves the histogram where a bin is full, so that old values fade. */
function count(counts: Surprises, first: number, bin: number): void {
  counts[first + bin]! += 1;
  if (counts[first + bin]! < FULL) return;
  for (let j = first; j < first + BINS; j++) counts[j] = Math.ceil(counts[j]! / 2);
}

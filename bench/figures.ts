/** Figures of several rounds and how they are printed. */

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value a share of all values does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

/** `median (least to most)`. */
export function spread(values: readonly number[], digits: number): string {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return `${median(values).toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;
}

/** Each figure over the one of the same round. */
export function ratios(ours: readonly number[], theirs: readonly number[]): number[] {
  return ours.map((value, i) => value / theirs[i]!);
}

/** Events a second, from a start on the monotonic clock until now. */
export function rateSince(started: number, events: number): number {
  return (events / (performance.now() - started)) * 1_000;
}

export function print(what: string, figure = ""): void {
  process.stdout.write(figure === "" ? `${what}\n` : `${what.padEnd(43)} ${figure}\n`);
}

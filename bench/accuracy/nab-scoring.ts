/**
 * The scoring of the Numenta Anomaly Benchmark, written from its description: in a window the earliest
 * detection counts, the earlier the better; outside each row at or above the threshold costs, less just
 * after a window; one threshold for all series of a profile.
 */
export const PROFILES = {
  standard: { falsePositive: 0.11, falseNegative: 1 },
  "reward low FP": { falsePositive: 0.22, falseNegative: 1 },
  "reward low FN": { falsePositive: 0.11, falseNegative: 2 },
} as const;
export type Profile = keyof typeof PROFILES;

/** One scored series: a score for each row, and its anomaly windows as first and last row. */
export interface Scored {
  group: string;
  scores: readonly number[];
  windows: readonly (readonly [first: number, last: number])[];
}

const FARTHEST = 3;

/** Rows at the beginning that are not scored. */
export function probationOf(rows: number): number {
  return Math.min(Math.floor(0.15 * rows), 750);
}

/** Of one profile at one threshold: the raw score of each group. */
export function rawScores(
  series: readonly Scored[],
  profile: Profile,
  threshold: number,
): Map<string, number> {
  const raw = new Map<string, number>();
  for (const one of series) {
    raw.set(one.group, (raw.get(one.group) ?? 0) + rawScore(one, profile, threshold));
  }
  return raw;
}

function rawScore({ scores, windows }: Scored, profile: Profile, threshold: number): number {
  const { falsePositive, falseNegative } = PROFILES[profile];
  let total = -falseNegative * windows.length;
  let next = 0;
  let isFound = false;
  for (let row = 0; row < scores.length; row++) {
    while (next < windows.length && row > windows[next]![1]) {
      next += 1;
      isFound = false;
    }
    if (row < probationOf(scores.length) || scores[row]! < threshold) continue;
    const window = windows[next];
    if (window && row >= window[0]) {
      if (isFound) continue;
      isFound = true;
      total += falseNegative + worthOf(row, window);
    } else {
      total -= falsePositive * costOf(row, windows[next - 1]);
    }
  }
  return total;
}

/** From nearly 1 at the window's first row to 0 just behind its last. */
function worthOf(row: number, [first, last]: readonly [number, number]): number {
  const place = -(last - row + 1) / (last - first + 1);
  return sigmoid(place) / 0.98661;
}

function costOf(row: number, before: readonly [number, number] | undefined): number {
  if (!before) return 1;
  const distance = (row - before[1]) / (before[1] - before[0]);
  return distance >= FARTHEST ? 1 : Math.abs(sigmoid(distance));
}

function sigmoid(x: number): number {
  return 2 / (1 + Math.exp(5 * x)) - 1;
}

/** 0 is the score of silence, 100 of a perfect detector. */
export function normalised(raw: number, windows: number, profile: Profile): number {
  const nothing = -PROFILES[profile].falseNegative * windows;
  return (100 * (raw - nothing)) / (windows - nothing);
}

export interface Swept {
  threshold: number;
  raw: number;
}

/** The best threshold of a profile over all scores of the series that are above a floor. */
export function sweep(series: readonly Scored[], profile: Profile): Swept {
  const { falsePositive, falseNegative } = PROFILES[profile];
  const rows = series.flatMap(({ scores, windows }, at) => rowsOf(at, scores, windows));
  rows.sort((a, b) => b.score - a.score);
  const earliest = new Map<string, number>();
  let raw = -falseNegative * series.reduce((sum, { windows }) => sum + windows.length, 0);
  let best: Swept = { threshold: Infinity, raw };
  for (const [i, { score, window, worth, key }] of rows.entries()) {
    if (!window) raw -= falsePositive * worth;
    else {
      const known = earliest.get(key);
      if (known === undefined) raw += falseNegative + worth;
      else if (worth > known) raw += worth - known;
      earliest.set(key, Math.max(worth, known ?? 0));
    }
    const isLast = rows[i + 1]?.score !== score;
    if (isLast && raw > best.raw) best = { threshold: score, raw };
  }
  return best;
}

interface Row {
  score: number;
  window: boolean;
  /** What a detection here is worth, or costs. */
  worth: number;
  key: string;
}

function rowsOf(at: number, scores: readonly number[], windows: Scored["windows"]): Row[] {
  const rows: Row[] = [];
  let next = 0;
  for (let row = 0; row < scores.length; row++) {
    while (next < windows.length && row > windows[next]![1]) next += 1;
    const score = scores[row]!;
    if (row < probationOf(scores.length) || score <= 0) continue;
    const window = windows[next];
    const isIn = window !== undefined && row >= window[0];
    const worth = isIn ? worthOf(row, window) : costOf(row, windows[next - 1]);
    rows.push({ score, window: isIn, worth, key: `${at}:${next}` });
  }
  return rows;
}

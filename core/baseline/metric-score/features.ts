import { AT, LEVELS, type MetricScore } from "./state.ts";

/** Rows in which means follow the series without a brake. */
const YOUNG = 50;
/** Rows, and rows of the hour, before a season may be trusted. */
const SEASONED = 288;
const SEASONED_HOUR = 12;

/** The value on a logarithmic scale, in units of the series' own first mean. */
export function scaled({ rows, values: v }: MetricScore, value: number): number {
  const size = Math.abs(value);
  if (rows < YOUNG) v[AT.unit]! += (size - v[AT.unit]!) / (rows + 1);
  return Math.sign(value) * Math.log1p((0.25 * size) / Math.max(v[AT.unit]!, 1e-9));
}

export function rangeOf({ values: v }: MetricScore): number {
  const [low, high] = [v[AT.low]!, v[AT.high]!];
  return Math.max(high - low, 0.01 * Math.max(Math.abs(high), Math.abs(low)), 1e-9);
}

/**
 * Residuals against the level, with the hour of day where that predicts better; then level, scales and
 * season follow, braked by how unlikely the residual is.
 */
export function residuals(
  { rows, values: v, season, rowsByHour }: MetricScore,
  y: number,
  hour: number,
  range: number,
): { seasonal: number; sustained: number } {
  const a = Math.max(1 / 120, 1 / (rows + 1));
  const b = Math.max(1 / 600, 1 / (rows + 2));
  const plain = y - v[AT.level]!;
  const seasonal = y - v[AT.seasonalLevel]! - season[hour]!;
  const isSeasonal =
    rowsByHour[hour]! > SEASONED_HOUR &&
    v[AT.seasonalError]! < v[AT.plainError]! &&
    rows > SEASONED;
  const residual = isSeasonal ? seasonal : plain;
  const side = residual > 0 ? AT.up : AT.down;
  const scale = Math.max(1.25 * v[side]!, 0.01 * range);
  const gate = rows < YOUNG ? 1 : Math.min(1, (3 * scale) / Math.abs(residual));
  v[AT.level]! += a * gate * plain;
  v[AT.seasonalLevel]! += a * gate * seasonal;
  const cap = 8 * Math.max(scale, 0.02 * range);
  v[AT.plainError]! += b * (Math.min(Math.abs(plain), cap) - v[AT.plainError]!);
  v[AT.seasonalError]! += b * (Math.min(Math.abs(seasonal), cap) - v[AT.seasonalError]!);
  v[side]! += b * (clipped(Math.abs(residual), 4 * scale, rows) - v[side]!);
  v[AT.slow]! += Math.max(0.002, 1 / (rows + 1)) * (y - v[AT.slow]!);
  rowsByHour[hour]! += rowsByHour[hour]! < 65_535 ? 1 : 0;
  season[hour]! += Math.max(1 / 180, 1 / rowsByHour[hour]!) * (y - v[AT.slow]! - season[hour]!);
  const seasonalScale = Math.max(1.25 * v[AT.seasonalScale]!, 0.01 * range);
  const clippedSeasonal = clipped(Math.abs(seasonal), 4 * seasonalScale, rows);
  v[AT.seasonalScale]! += b * (clippedSeasonal - v[AT.seasonalScale]!);
  v[AT.sustained]! += (residual / scale - v[AT.sustained]!) / 24;
  return { seasonal: Math.abs(seasonal) / seasonalScale, sustained: Math.abs(v[AT.sustained]!) };
}

function clipped(size: number, most: number, rows: number): number {
  return rows < YOUNG ? size : Math.min(size, most);
}

/** How far the mean of the last 48 rows lies from the level. */
export function shift({ rows, values: v }: MetricScore, y: number, range: number): number {
  v[AT.mean]! += Math.max(1 / 48, 1 / (rows + 1)) * (y - v[AT.mean]!);
  return (20 * Math.abs(v[AT.mean]! - v[AT.level]!)) / range;
}

/** Recent step size against the usual one, in octaves of e, either way. */
export function volatility({ rows, values: v }: MetricScore, y: number, range: number): number {
  const step = Math.abs(y - v[AT.previous]!);
  v[AT.volatility]! += Math.max(1 / 12, 1 / (rows + 1)) * (step - v[AT.volatility]!);
  v[AT.slowVolatility]! += Math.max(1 / 600, 1 / (rows + 1)) * (step - v[AT.slowVolatility]!);
  const least = 0.001 * range;
  return Math.abs(Math.log((v[AT.volatility]! + least) / (v[AT.slowVolatility]! + least)));
}

/** How far the value lies outside everything seen; the range then takes it in. */
export function novelty({ values: v }: MetricScore, y: number, range: number): number {
  const beyond = Math.max(0, y - v[AT.high]!, v[AT.low]! - y);
  v[AT.low] = Math.min(v[AT.low]!, y);
  v[AT.high] = Math.max(v[AT.high]!, y);
  return (10 * beyond) / range;
}

/** -ln of how often this hour of the day shows this level of value; then counts it. */
export function hourContext(
  { values: v, levels, levelsByHour }: MetricScore,
  y: number,
  hour: number,
  range: number,
): number {
  const place = Math.floor((LEVELS * (y - v[AT.low]!)) / range);
  const level = Math.min(Math.max(place, 0), LEVELS - 1);
  const first = hour * LEVELS;
  let ofHour = 0;
  let ofAll = 0;
  for (let i = 0; i < LEVELS; i++) {
    ofHour += levelsByHour[first + i]!;
    ofAll += levels[i]!;
  }
  const prior = (levels[level]! + 0.5) / (ofAll + 4);
  const share = (levelsByHour[first + level]! + prior) / (ofHour + 1);
  levels[level]! += 1;
  levelsByHour[first + level]! += 1;
  if (levelsByHour[first + level] === 255) {
    for (let i = first; i < first + LEVELS; i++) levelsByHour[i] = Math.ceil(levelsByHour[i]! / 2);
  }
  return -Math.log(share);
}

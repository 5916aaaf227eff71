import { createSurprises, type Surprises } from "./surprise.ts";

export const HOURS = 24;
/** Levels of value that are told apart at each hour of the day. */
export const LEVELS = 8;
export const FEATURES = 6;

/** Places of the scalars. */
export const AT = {
  level: 0,
  seasonalLevel: 1,
  slow: 2,
  mean: 3,
  low: 4,
  high: 5,
  previous: 6,
  up: 7,
  down: 8,
  plainError: 9,
  seasonalError: 10,
  seasonalScale: 11,
  volatility: 12,
  slowVolatility: 13,
  sustained: 14,
  unit: 15,
  usualPeak: 16,
  blockPeak: 17,
  hourPeak: 18,
  restPeak: 19,
} as const;

/** What a metric score remembers of one series: under a kilobyte, whatever the series' length. */
export interface MetricScore {
  rows: number;
  /** Unix seconds at which the running six-hour block began, and the blocks so far. */
  blockStart: number;
  blocks: number;
  lastHour: number;
  /** Rows up to which a lesser alarm is not repeated. */
  restUntil: number;
  /** Scalars by the places in `AT`. */
  values: Float32Array;
  surprises: Surprises;
  /** How often each level was seen at each hour of the day, and at all. */
  levelsByHour: Uint8Array;
  levels: Uint16Array;
  /** By hour of day: effect on the value, how high the evidence usually is, rows so far. */
  season: Float32Array;
  evidenceByHour: Float32Array;
  rowsByHour: Uint16Array;
}

export function createMetricScore(): MetricScore {
  return {
    rows: 0,
    blockStart: 0,
    blocks: 0,
    lastHour: 0,
    restUntil: 0,
    values: new Float32Array(Object.keys(AT).length),
    surprises: createSurprises(FEATURES),
    levelsByHour: new Uint8Array(HOURS * LEVELS),
    levels: new Uint16Array(LEVELS),
    season: new Float32Array(HOURS),
    evidenceByHour: new Float32Array(HOURS),
    rowsByHour: new Uint16Array(HOURS),
  };
}

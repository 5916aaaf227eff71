import { hourContext, novelty, rangeOf, residuals, scaled, shift, volatility } from "./features.ts";
import { AT, HOURS, type MetricScore } from "./state.ts";
import { surpriseOf } from "./surprise.ts";

/** Of shift, volatility, novelty, hour context, seasonal and sustained residual. */
const WEIGHTS = [1.5, 1.25, 3, 0.5, 2, 2.5];
const SCALE = 9;
/** Rows before which the score is silent. */
export const WARM_UP = 100;
const BLOCK = 6 * 3_600;
const MOST_BLOCKS = 12;

/** Score from which a row is an alarm, and from which it begins a rest. */
export const ALARM = 1.15;
const ARM = 0.7;
/** Within a rest only what is so much larger is told. */
const GROWTH = 1.5;
const REST_SHARE = 0.04;
const LONGEST_REST = 576;

/**
 * How rare the next value of a series is for that series: 0 and up, two-sided, causal, in constant
 * memory and time. Six features are each turned into -ln of their own past frequency, weighed and
 * summed; the sum is divided by how high it usually peaks in this series and at this hour of the day.
 * Recipe and figures: docs/accuracy.md.
 *
 * @param value of the series, in any unit
 * @param time Unix seconds, ascending
 */
export function scoreNext(state: MetricScore, value: number, time: number): number {
  const { rows, values: v } = state;
  const hour = Math.floor(time / 3_600) % HOURS;
  const y = scaled(state, value);
  if (rows === 0) begin(state, y, time, hour);
  const range = rangeOf(state);
  const { seasonal, sustained } = residuals(state, y, hour, range);
  const features = [
    shift(state, y, range),
    volatility(state, y, range),
    0,
    hourContext(state, y, hour, range),
    seasonal,
    sustained,
  ];
  features[2] = novelty(state, y, range);
  v[AT.previous] = y;
  let evidence = 0;
  for (const [i, weight] of WEIGHTS.entries()) {
    const surprise = surpriseOf(state.surprises, i, features[i]!);
    evidence += (weight * Math.max(0, surprise - 1)) / SCALE;
  }
  const score = overUsual(state, evidence, time, hour);
  state.rows += 1;
  return rows < WARM_UP ? 0 : score;
}

function begin(state: MetricScore, y: number, time: number, hour: number): void {
  const { values: v } = state;
  for (const at of [AT.level, AT.seasonalLevel, AT.slow, AT.mean, AT.low, AT.high, AT.previous]) {
    v[at] = y;
  }
  state.blockStart = time;
  state.lastHour = hour;
}

/** The evidence over its usual peaks: a burst that comes every night stops being news after some days. */
function overUsual(state: MetricScore, evidence: number, time: number, hour: number): number {
  const { values: v, evidenceByHour: usual } = state;
  if (hour !== state.lastHour) {
    usual[state.lastHour]! += 0.2 * (v[AT.hourPeak]! - usual[state.lastHour]!);
    v[AT.hourPeak] = 0;
    state.lastHour = hour;
  }
  const most = Math.max(v[AT.usualPeak]!, 1);
  v[AT.hourPeak] = Math.max(v[AT.hourPeak]!, Math.min(evidence, 5 * most));
  const atHour = Math.max(
    usual[hour]!,
    usual[(hour + HOURS - 1) % HOURS]!,
    usual[(hour + 1) % HOURS]!,
  );
  const divisor = 0.3 + 0.7 * v[AT.usualPeak]! + 0.7 * atHour;
  v[AT.blockPeak] = Math.max(v[AT.blockPeak]!, Math.min(evidence, 1.5 * most));
  if (time - state.blockStart >= BLOCK) {
    state.blocks = Math.min(state.blocks + 1, MOST_BLOCKS);
    v[AT.usualPeak]! += (v[AT.blockPeak]! - v[AT.usualPeak]!) / state.blocks;
    v[AT.blockPeak] = 0;
    state.blockStart = time;
  }
  return evidence / divisor;
}

/**
 * The score as it is told: after an alarm, or nearly one, nothing for a share of the series' age but what
 * is half as large again.
 */
export function tellOnce(state: MetricScore, score: number): number {
  const { rows, values: v } = state;
  const isResting = rows < state.restUntil;
  if (score < ARM) return isResting ? 0 : score;
  if (isResting && score < GROWTH * v[AT.restPeak]!) return 0;
  v[AT.restPeak] = isResting ? Math.max(v[AT.restPeak]!, score) : score;
  state.restUntil = rows + Math.min(LONGEST_REST, REST_SHARE * rows);
  return score;
}

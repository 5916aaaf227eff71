import { type EventTime, HOUR } from "../time.ts";
import { hourOf, type HourSeries, LONGEST } from "./hour-series.ts";
import { ALARM, scoreNext, tellOnce } from "./metric-score/metric-score.ts";
import { createMetricScore, type MetricScore } from "./metric-score/state.ts";

/** The metric score over the active hours of one series, and its newest alarm. Constant size. */
export interface RareHours {
  state: MetricScore;
  /** The first hour that is not scored yet, since the epoch. */
  next: number;
  /** Hour of the newest alarm and its score; -1 and 0 before the first. */
  alarm: number;
  score: number;
}

export function createRareHours(): RareHours {
  return { state: createMetricScore(), next: -1, alarm: -1, score: 0 };
}

/**
 * Scores the hours of the series that no event of the allowed lateness can change any more at `at`; to be
 * called before the series rolls. What is held is scored on a copy and not learned.
 */
export function scoreEnded(
  rare: RareHours,
  series: HourSeries,
  at: EventTime,
  lateness: number,
): void {
  const complete = hourOf(at - lateness);
  if (complete <= rare.next) return;
  const newest = Math.min(complete - 1, series.hour);
  for (let hour = Math.max(rare.next, series.hour - LONGEST + 1); hour <= newest; hour++) {
    const age = series.hour - hour;
    const value = series.recent[age]!;
    if (value <= 0) continue;
    const state = series.held[age] ? structuredClone(rare.state) : rare.state;
    const score = tellOnce(state, scoreNext(state, value, (hour * HOUR) / 1_000));
    if (score < ALARM) continue;
    rare.alarm = hour;
    rare.score = score;
  }
  rare.next = complete;
}

/** The score of an alarm among the newest six hours; null where there is none. */
export function recentAlarm({ alarm, score }: RareHours, hour: number): number | null {
  return alarm >= 0 && hour - alarm < LONGEST ? score : null;
}

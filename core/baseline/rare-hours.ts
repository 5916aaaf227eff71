import { type EventTime, HOUR } from "../time.ts";
import { grown } from "../grown.ts";
import { hourOf, type HourSeries, isHeld, LONGEST } from "./hour-series.ts";
import { ALARM, scoreNext, tellOnce, WARM_UP } from "./metric-score/metric-score.ts";
import { createMetricScore, type MetricScore } from "./metric-score/state.ts";

/** The metric score over the active hours of one series, and its newest alarm. Of bounded size. */
export interface RareHours {
  /** The first active hours with their totals, by turns, until there are enough for a score: most identities never have as many. */
  early: number[];
  /** Null until then. */
  state: MetricScore | null;
  /** The first hour that is not scored yet, since the epoch. */
  next: number;
  /** Hour of the newest alarm and its score; -1 and 0 before the first. */
  alarm: number;
  score: number;
}

export function createRareHours(): RareHours {
  return { early: [], state: null, next: -1, alarm: -1, score: 0 };
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
    const held = isHeld(series, age);
    if (!rare.state) {
      if (!held) addEarly(rare, hour, value);
      continue;
    }
    const state = held ? structuredClone(rare.state) : rare.state;
    const score = tellOnce(state, scoreNext(state, value, (hour * HOUR) / 1_000));
    if (score < ALARM) continue;
    rare.alarm = hour;
    rare.score = score;
  }
  rare.next = complete;
}

/** Keeps an hour for the score, which is silent for so long, and makes it once it has its first hours. */
function addEarly(rare: RareHours, hour: number, value: number): void {
  rare.early = grown(rare.early, hour, value);
  if (rare.early.length < 2 * WARM_UP) return;
  const state = createMetricScore();
  for (let i = 0; i < rare.early.length; i += 2) {
    scoreNext(state, rare.early[i + 1]!, (rare.early[i]! * HOUR) / 1_000);
  }
  rare.state = state;
  rare.early = [];
}

/** The score of an alarm among the newest six hours; null where there is none. */
export function recentAlarm({ alarm, score }: RareHours, hour: number): number | null {
  return alarm >= 0 && hour - alarm < LONGEST ? score : null;
}

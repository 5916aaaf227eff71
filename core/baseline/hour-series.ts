import { DAY, type EventTime, HOUR } from "../time.ts";
import { grown } from "../grown.ts";

/** Hours an excess may last to be judged as one; as long, nothing of it is learned. */
export const LONGEST = 6;
export const WINDOW_DAYS = 7;

/** `LONGEST` hours that are not learned yet, and what the sum of the next learned window reaches back to. */
const KEPT = 2 * LONGEST - 1;
const ALL = (1 << KEPT) - 1;

/**
 * Hourly totals of one metric of one identity, with the peaks of its last seven days: constant
 * size, plain JSON. An hour is learned when the sixth one after it begins, so that an excess of
 * up to six running hours is judged by what came before all of them.
 */
export interface HourSeries {
  /** Hours since the epoch of the first hour. */
  since: number;
  /** Hours since the epoch of the running hour. */
  hour: number;
  /** Totals of the running hour and the ones before it, newest first. */
  recent: number[];
  /** A bit for each of them, set where the hour lies under an open episode and will not be learned. */
  held: number;
  /**
   * Seven days at most, a row of five numbers each (`DAY_ROW`), as they come: most of many identities
   * have traffic on a day or two.
   */
  learned: number[];
}

/** Places in a row of `learned`: the day since the epoch, its largest hour and six running hours, its active hours and their sum. */
const DAY_ROW = { day: 0, peak: 1, window: 2, active: 3, total: 4 } as const;
const ROW = Object.keys(DAY_ROW).length;

/** What history says of an hour. */
export interface HourBaseline {
  /** Largest hour of the last seven days, and the largest sum of six running ones. */
  peak: number;
  window: number;
  /** Mean of the active hours. */
  mean: number;
  /** Hours with traffic among the last seven days. */
  activeHours: number;
}

export function createHourSeries(): HourSeries {
  const recent = Array.from<number>({ length: KEPT }).fill(0);
  return { since: -1, hour: -1, recent, held: 0, learned: [] };
}

export function hourOf(at: EventTime): number {
  return Math.floor(at / HOUR);
}

/** What is known at this hour from the learned hours of the last seven days. */
export function baselineOf(series: HourSeries): HourBaseline {
  const oldest = dayOf(series.hour) - WINDOW_DAYS;
  let peak = 0;
  let window = 0;
  let activeHours = 0;
  let total = 0;
  const { learned } = series;
  for (let row = 0; row < learned.length; row += ROW) {
    if (learned[row + DAY_ROW.day]! <= oldest) continue;
    peak = Math.max(peak, learned[row + DAY_ROW.peak]!);
    window = Math.max(window, learned[row + DAY_ROW.window]!);
    activeHours += learned[row + DAY_ROW.active]!;
    total += learned[row + DAY_ROW.total]!;
  }
  return { peak, window, mean: activeHours ? total / activeHours : 0, activeHours };
}

/**
 * Moves the series on to the hour of `at` and learns what lies six hours back. Returns true where a
 * new hour began. The cost does not depend on how long the series was idle.
 */
export function roll(series: HourSeries, at: EventTime): boolean {
  const hour = hourOf(at);
  if (hour <= series.hour) return false;
  if (series.hour < 0) series.since = hour;
  const steps = series.hour < 0 ? 0 : Math.min(hour - series.hour, KEPT);
  for (let i = 0; i < steps; i++) {
    learn(series, series.hour + i - LONGEST + 1);
    series.recent.pop();
    series.recent.unshift(0);
    series.held = (series.held << 1) & ALL;
  }
  series.hour = hour;
  return true;
}

/** Adds to the hour of `at`, where it is the running one or one of the five before. */
export function add(series: HourSeries, at: EventTime, amount: number): void {
  const age = series.hour - hourOf(at);
  if (age >= 0 && age < LONGEST) series.recent[age]! += amount;
}

/** The total of the newest hours, the running one included. */
export function lastHours({ recent }: HourSeries, hours: number): number {
  let sum = 0;
  for (let age = 0; age < hours; age++) sum += recent[age]!;
  return sum;
}

/** Keeps what is not learned yet out of the baseline: it lies under an open episode. */
export function hold(series: HourSeries): void {
  series.held |= (1 << LONGEST) - 1;
}

export function isHeld({ held }: HourSeries, age: number): boolean {
  return (held & (1 << age)) !== 0;
}

/** Learns the oldest hour that is not learned yet. */
function learn(series: HourSeries, hour: number): void {
  const { recent } = series;
  const value = recent[LONGEST - 1]!;
  if (value <= 0 || isHeld(series, LONGEST - 1)) return;
  const row = rowOf(series, Math.floor(hour / 24));
  let window = 0;
  for (let age = LONGEST - 1; age < KEPT; age++) {
    if (!isHeld(series, age)) window += recent[age]!;
  }
  const { learned } = series;
  learned[row + DAY_ROW.peak] = Math.max(learned[row + DAY_ROW.peak]!, value);
  learned[row + DAY_ROW.window] = Math.max(learned[row + DAY_ROW.window]!, window);
  learned[row + DAY_ROW.active]! += 1;
  learned[row + DAY_ROW.total]! += value;
}

/** The row of a day; a new day takes the place of the one a number of weeks before. */
function rowOf(series: HourSeries, day: number): number {
  const { learned } = series;
  let row = 0;
  while (row < learned.length && (day - learned[row]!) % WINDOW_DAYS !== 0) row += ROW;
  if (learned[row] === day) return row;
  const empty = [day, 0, 0, 0, 0];
  if (row < learned.length) learned.splice(row, ROW, ...empty);
  else series.learned = grown(learned, ...empty);
  return row;
}

function dayOf(hour: number): number {
  return Math.floor((hour * HOUR) / DAY);
}

import { DAY, type EventTime, HOUR } from "../time.ts";

/** Hours an excess may last to be judged as one; as long, nothing of it is learned. */
export const LONGEST = 6;
export const WINDOW_DAYS = 7;

/** `LONGEST` hours that are not learned yet, and what the sum of the next learned window reaches back to. */
const KEPT = 2 * LONGEST - 1;

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
  /** True: the hour lies under an open episode and will not be learned. */
  held: boolean[];
  /** Ring of seven days: day since the epoch, its largest hour and six running hours, its active hours. */
  days: number[];
  peaks: number[];
  windows: number[];
  active: number[];
  /** Sum of the active hours in the ring, for the mean. */
  totals: number[];
}

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
  const ring = (): number[] => Array.from({ length: WINDOW_DAYS }, () => 0);
  return {
    since: -1,
    hour: -1,
    recent: Array.from({ length: KEPT }, () => 0),
    held: Array.from({ length: KEPT }, () => false),
    days: ring().fill(-1),
    peaks: ring(),
    windows: ring(),
    active: ring(),
    totals: ring(),
  };
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
  for (let i = 0; i < WINDOW_DAYS; i++) {
    if (series.days[i]! <= oldest) continue;
    peak = Math.max(peak, series.peaks[i]!);
    window = Math.max(window, series.windows[i]!);
    activeHours += series.active[i]!;
    total += series.totals[i]!;
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
    series.held.pop();
    series.held.unshift(false);
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
export function hold({ held }: HourSeries): void {
  held.fill(true, 0, LONGEST);
}

/** Learns the oldest hour that is not learned yet. */
function learn(series: HourSeries, hour: number): void {
  const { recent, held } = series;
  const value = recent[LONGEST - 1]!;
  if (value <= 0 || held[LONGEST - 1]) return;
  const day = Math.floor(hour / 24);
  const slot = day % WINDOW_DAYS;
  if (series.days[slot] !== day) {
    series.days[slot] = day;
    series.peaks[slot] = 0;
    series.windows[slot] = 0;
    series.active[slot] = 0;
    series.totals[slot] = 0;
  }
  let window = 0;
  for (let age = LONGEST - 1; age < KEPT; age++) if (!held[age]) window += recent[age]!;
  series.peaks[slot] = Math.max(series.peaks[slot]!, value);
  series.windows[slot] = Math.max(series.windows[slot]!, window);
  series.active[slot]! += 1;
  series.totals[slot]! += value;
}

function dayOf(hour: number): number {
  return Math.floor((hour * HOUR) / DAY);
}

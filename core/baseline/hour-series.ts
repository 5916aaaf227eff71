import { DAY, type EventTime, HOUR } from "../time.ts";

/**
 * Hourly totals of one metric of one identity, with the peaks of its last seven days: constant
 * size, plain JSON. Hours are learned only once two newer ones began, so that an excess of two
 * running hours is judged by what came before both.
 */
export interface HourSeries {
  /** Hours since the epoch of `current`. */
  hour: number;
  current: number;
  /** The hour before `current`. */
  previous: number;
  /** True: the hour lies under an open episode and will not be learned. */
  currentHeld: boolean;
  previousHeld: boolean;
  /** Ring of seven days: day since the epoch, its largest hour, its active hours. */
  days: number[];
  peaks: number[];
  active: number[];
  /** Sum of the active hours in the ring, for the mean. */
  totals: number[];
}

/** What history says of an hour. */
export interface HourBaseline {
  /** Largest hour of the last seven days. */
  peak: number;
  /** Mean of the active hours. */
  mean: number;
  /** Hours with traffic among the last seven days. */
  activeHours: number;
}

export const WINDOW_DAYS = 7;

export function createHourSeries(): HourSeries {
  const ring = (): number[] => Array.from({ length: WINDOW_DAYS }, () => 0);
  return {
    hour: -1,
    current: 0,
    previous: 0,
    currentHeld: false,
    previousHeld: false,
    days: ring().fill(-1),
    peaks: ring(),
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
  let activeHours = 0;
  let total = 0;
  for (let i = 0; i < WINDOW_DAYS; i++) {
    if (series.days[i]! <= oldest) continue;
    peak = Math.max(peak, series.peaks[i]!);
    activeHours += series.active[i]!;
    total += series.totals[i]!;
  }
  return { peak, mean: activeHours ? total / activeHours : 0, activeHours };
}

/**
 * Moves the series on to the hour of `at` and learns what lies two hours back. Returns true where a
 * new hour began. The cost does not depend on how long the series was idle.
 */
export function roll(series: HourSeries, at: EventTime): boolean {
  const hour = hourOf(at);
  if (hour <= series.hour) return false;
  if (series.hour >= 0) {
    learn(series, series.hour - 1, series.previous, series.previousHeld);
    if (hour > series.hour + 1) learn(series, series.hour, series.current, series.currentHeld);
  }
  const adjacent = hour === series.hour + 1;
  series.previous = adjacent ? series.current : 0;
  series.previousHeld = adjacent && series.currentHeld;
  series.current = 0;
  series.currentHeld = false;
  series.hour = hour;
  return true;
}

/** Adds to the hour of `at`, the current or the previous one; what was learned stays as it is. */
export function add(series: HourSeries, at: EventTime, amount: number): void {
  const age = series.hour - hourOf(at);
  if (age === 0) series.current += amount;
  else if (age === 1) series.previous += amount;
}

/** Keeps the current and the previous hour out of the baseline: they lie under an open episode. */
export function hold(series: HourSeries): void {
  series.currentHeld = true;
  series.previousHeld = true;
}

function learn(series: HourSeries, hour: number, value: number, held: boolean): void {
  if (value <= 0 || held) return;
  const day = Math.floor(hour / 24);
  const slot = day % WINDOW_DAYS;
  if (series.days[slot] !== day) {
    series.days[slot] = day;
    series.peaks[slot] = 0;
    series.active[slot] = 0;
    series.totals[slot] = 0;
  }
  series.peaks[slot] = Math.max(series.peaks[slot]!, value);
  series.active[slot]! += 1;
  series.totals[slot]! += value;
}

function dayOf(hour: number): number {
  return Math.floor((hour * HOUR) / DAY);
}

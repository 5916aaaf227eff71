import { HOUR } from "#core/time.ts";
import { type CompanyDay, DAYS, type DemoTime, LENGTH } from "../calendar.ts";
import { between, type Random } from "../random.ts";

/** Share of the busiest hour, for the 24 hours of a working day. */
export type DayShape = readonly number[];

// prettier-ignore
export const OFFICE_HOURS: DayShape = [
  0.06, 0.05, 0.04, 0.04, 0.05, 0.09, 0.16, 0.34, 0.66, 0.95, 1, 0.97,
  0.8, 0.93, 1, 0.96, 0.88, 0.68, 0.42, 0.3, 0.26, 0.2, 0.14, 0.09,
];

// prettier-ignore
export const ROUND_THE_CLOCK: DayShape = [
  0.3, 0.26, 0.25, 0.25, 0.3, 0.38, 0.5, 0.68, 0.85, 0.96, 1, 1,
  0.9, 0.97, 1, 0.97, 0.9, 0.78, 0.62, 0.52, 0.46, 0.42, 0.38, 0.34,
];

export interface Rhythm {
  /** Calls of the busiest hour. */
  peak: number;
  shape: DayShape;
  /** Share of a working day that is left on Saturday and Sunday. */
  weekend: number;
}

export interface CompanyHour {
  from: DemoTime;
  hour: number;
  day: CompanyDay;
  /** Calls to spread over it. */
  calls: number;
}

/**
 * Every hour of the demo with its calls. An hour varies by a tenth and never beyond its shape: ordinary
 * weeks resemble each other, and the benign teams shall do so too.
 */
export function* hoursOf(random: Random, rhythm: Rhythm): Generator<CompanyHour> {
  for (const day of DAYS) {
    for (let hour = 0; hour < 24; hour++) {
      const from = day.midnight + hour * HOUR;
      if (from < 0 || from >= LENGTH) continue;
      const share = rhythm.shape[hour]! * (day.isWorkday ? 1 : rhythm.weekend);
      yield { from, hour, day, calls: Math.round(rhythm.peak * share * between(random, 0.88, 1)) };
    }
  }
}

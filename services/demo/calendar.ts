import { DAY, type EventTime, HOUR } from "#core/time.ts";

/**
 * The demo's time is counted in milliseconds from its first hour and becomes a date at the very end, so
 * that another end only shifts times. The company's own clock follows: the demo always ends on a
 * Thursday at 16:00 there, in the middle of work, whatever the viewer's clock says.
 */
export type DemoTime = number;

/** Silent history before the week that is watched: what detectors learn from. */
export const HISTORY = 8 * DAY;
export const LENGTH = HISTORY + 7 * DAY;

const LAST_HOUR = 16 * HOUR;
const THURSDAY = 3;

/** One day of the company: its midnight, which for the first day lies before the demo, and its weekday (0 is Monday). */
export interface CompanyDay {
  midnight: DemoTime;
  weekday: number;
  isWorkday: boolean;
}

export const DAYS: readonly CompanyDay[] = Array.from({ length: LENGTH / DAY + 1 }, (_, i) => {
  const weekday = (((THURSDAY - LENGTH / DAY + i) % 7) + 7) % 7;
  return { midnight: i * DAY - LAST_HOUR, weekday, isWorkday: weekday < 5 };
});

/** The moment in the watched week when the company's clock shows this. The week runs from Thursday to Thursday, 16:00. */
export function inWeek(weekday: number, hours: number): DemoTime {
  const day = DAYS.find(
    ({ midnight, weekday: other }) => other === weekday && midnight + hours * HOUR >= HISTORY,
  );
  if (!day) throw new RangeError(`no such moment in the demo week: ${weekday}, ${hours}`);
  return day.midnight + hours * HOUR;
}

/** Where a demo that ends at `until` (cut to the hour) begins, and where its watched week does. */
export function demoFrame(until: EventTime): { start: EventTime; week: EventTime; end: EventTime } {
  const end = Math.floor(until / HOUR) * HOUR;
  return { start: end - LENGTH, week: end - LENGTH + HISTORY, end };
}

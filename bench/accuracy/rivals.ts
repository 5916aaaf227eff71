import { mean, sampleStandardDeviation } from "simple-statistics";

/** A rule as others publish it, over the calls of each hour: true where it would alarm at the end of the hour. */
export interface Rival {
  name: string;
  alarms(hours: readonly number[], hour: number): boolean;
}

const DAY = 24;
const WEEK = 7 * DAY;
/** What the comparison that gave their published figures asks of an hour besides. */
const FLOOR = 100;

/** The rules that a product in this field is compared with; Cloudflare's needs sessions, which these streams have not. */
export const RIVALS: readonly Rival[] = [
  { name: "500 calls an hour (Elastic)", alarms: (hours, hour) => hours[hour]! >= 500 },
  {
    name: "last full day above mean + 3 sd of seven (LiteLLM's kind)",
    alarms: (hours, hour) => {
      if ((hour + 1) % DAY !== 0 || hour + 1 < 8 * DAY) return false;
      const days = Array.from({ length: 8 }, (_, i) => sumOf(hours, hour + 1 - (i + 1) * DAY, DAY));
      const [last = 0, ...before] = days;
      return last >= FLOOR && last > mean(before) + 3 * sampleStandardDeviation(before);
    },
  },
  {
    name: "hour above mean + 3 sd of seven days",
    alarms: (hours, hour) => {
      if (hour < WEEK || hours[hour]! < FLOOR) return false;
      const before = hours.slice(hour - WEEK, hour);
      return hours[hour]! > mean(before) + 3 * sampleStandardDeviation(before);
    },
  },
  {
    name: "three times the same hour yesterday",
    alarms: (hours, hour) =>
      hour >= DAY && hours[hour]! >= FLOOR && hours[hour]! > 3 * hours[hour - DAY]!,
  },
];

/** Days of the hours with an alarm: several on one day are one finding. */
export function alarmDays({ alarms }: Rival, hours: readonly number[]): number {
  return new Set(hours.flatMap((_, hour) => (alarms(hours, hour) ? [Math.floor(hour / DAY)] : [])))
    .size;
}

/** Hours from the beginning of a stretch until the first alarm up to the end of its last day; null where there is none. */
export function alarmAfter(
  { alarms }: Rival,
  hours: readonly number[],
  begins: number,
  ends: number,
): number | null {
  const last = Math.min(hours.length, Math.ceil(ends / DAY) * DAY);
  for (let hour = begins; hour < last; hour++) {
    if (alarms(hours, hour)) return hour + 1 - begins;
  }
  return null;
}

function sumOf(hours: readonly number[], from: number, length: number): number {
  return hours.slice(from, from + length).reduce((sum, calls) => sum + calls, 0);
}

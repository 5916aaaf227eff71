import { DAY, type EventTime, HOUR, MINUTE } from "../time.ts";

/** About as many points as a chart has columns for. */
const MOST_POINTS = 500;

const STEPS = [
  MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
];

/** The shortest usual step that cuts a range into at most 500 points; whole days where none does. */
export function stepFor(from: EventTime, to: EventTime): number {
  const range = to - from;
  const usual = STEPS.find((step) => range / step <= MOST_POINTS);
  return usual ?? Math.ceil(range / MOST_POINTS / DAY) * DAY;
}

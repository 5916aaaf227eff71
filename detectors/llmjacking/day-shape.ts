import { DAY, type EventTime, HOUR } from "#core/time.ts";

/** In which hours of a day (UTC) a credential is used. */
export interface DayShape {
  day: number;
  /** Bit set of the hours with calls of that day. */
  hours: number;
  /** The most hours of a day so far, learned when the day is over. */
  most: number;
}

/** A credential that knew so many hours never rested. */
const RESTLESS = 14;

export function createDayShape(): DayShape {
  return { day: -1, hours: 0, most: 0 };
}

/**
 * Hours with calls of the running day where no day before had more than fourteen, else 0. A restless
 * day is learned too, once it is over: the mark it left fades slower than that.
 */
export function wakingHours(shape: DayShape, at: EventTime): number {
  const day = Math.floor(at / DAY);
  if (day > shape.day) {
    shape.most = Math.max(shape.most, bitsIn(shape.hours));
    shape.day = day;
    shape.hours = 0;
  }
  if (day < shape.day || shape.most > RESTLESS) return 0;
  shape.hours |= 1 << (Math.floor(at / HOUR) % 24);
  return bitsIn(shape.hours);
}

function bitsIn(set: number): number {
  let count = 0;
  for (let rest = set; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}

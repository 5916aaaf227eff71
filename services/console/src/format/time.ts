import { DAY, HOUR, MINUTE, SECOND } from "#core/time.ts";

/** `2026-11-19 20:28`, UTC. */
export function minuteOf(time: string): string {
  return time.slice(0, 16).replace("T", " ");
}

/** `20:28:04`, UTC. */
export function clockOf(time: string): string {
  return time.slice(11, 19);
}

/** `19 Nov 20:28`, UTC. */
export function shortTime(time: string | number): string {
  const date = new Date(time);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.toISOString().slice(11, 16)}`;
}

/** The viewer's own clock, with its zone. */
export function localTime(time: string): string {
  return new Date(time).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "long" });
}

/** `3 d`, `2 h`, `14 min`, `8 s`: the largest unit alone. */
export function age(milliseconds: number): string {
  const size = Math.max(0, milliseconds);
  if (size >= 2 * DAY) return `${Math.floor(size / DAY)} d`;
  if (size >= HOUR) return `${Math.floor(size / HOUR)} h`;
  if (size >= MINUTE) return `${Math.floor(size / MINUTE)} min`;
  return `${Math.floor(size / SECOND)} s`;
}

/** `1 d 3 h`, `1 h 14 min`, `38 min`, `12 s`: a length by its two largest units. */
export function duration(milliseconds: number): string {
  const units = [
    [DAY, "d"],
    [HOUR, "h"],
    [MINUTE, "min"],
    [SECOND, "s"],
  ] as const;
  const first = units.findIndex(([unit]) => milliseconds >= unit);
  if (first < 0) return "0 s";
  const [unit, name] = units[first]!;
  const [smaller, smallerName] = units[first + 1] ?? [unit, name];
  const rest = Math.floor((milliseconds % unit) / smaller);
  const whole = `${Math.floor(milliseconds / unit)} ${name}`;
  return rest > 0 && smaller !== unit ? `${whole} ${rest} ${smallerName}` : whole;
}

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

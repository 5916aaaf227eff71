import { type EventTime, parseTime } from "#core/time.ts";
import { usage } from "./command.ts";

/** The time an option of a command names. Throws MH_USAGE. */
export function timeOption(text: string | undefined, option: string): EventTime {
  const at = text === undefined ? null : parseTime(text);
  if (at === null) throw usage(`${option} takes a time like 2026-10-05T00:00:00Z`);
  return at;
}

import { type EventTime, HOUR } from "../time.ts";
import type { Finding } from "./finding.ts";

/** True where a finding is not over and was seen within the last hour, the hour that `projected_daily` speaks of. */
export function isBurning(
  { closed_at, last_seen }: Pick<Finding, "closed_at" | "last_seen">,
  now: EventTime,
): boolean {
  return closed_at === null && Date.parse(last_seen) > now - HOUR;
}

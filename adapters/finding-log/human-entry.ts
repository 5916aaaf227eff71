import { MeterhoundError } from "#core/errors.ts";
import type { HumanEntry } from "#core/finding/finding-log.ts";

/**
 * The id that must stand in the log before this entry may follow: the human entry before it, or null
 * for the first. Throws MH_INTERNAL where the id is not `<finding>.h.<n>`.
 */
export function predecessorOf({ id, finding }: HumanEntry): string | null {
  const prefix = `${finding}.h.`;
  const digits = id.startsWith(prefix) ? id.slice(prefix.length) : "";
  if (!/^[1-9]\d{0,8}$/.test(digits)) {
    throw new MeterhoundError("MH_INTERNAL", { problem: `${id} is no human entry of ${finding}` });
  }
  const n = Number(digits);
  return n === 1 ? null : `${prefix}${n - 1}`;
}

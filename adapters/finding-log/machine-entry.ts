import { MeterhoundError } from "#core/errors.ts";
import type { MachineEntry } from "#core/finding/finding-log.ts";

/** The number of a machine entry within its finding. Throws MH_INTERNAL where the id is not `<finding>.m.<n>`. */
export function machineNumberOf({ id, finding }: MachineEntry): number {
  const prefix = `${finding}.m.`;
  const digits = id.startsWith(prefix) ? id.slice(prefix.length) : "";
  if (!/^[1-9]\d{0,8}$/.test(digits)) {
    throw new MeterhoundError("MH_INTERNAL", {
      problem: `${id} is no machine entry of ${finding}`,
    });
  }
  return Number(digits);
}

import { MeterhoundError } from "#core/errors.ts";

/** Throws MH_INTERNAL for a partition the log does not have: what went there would never be folded. */
export function refusePartition(partition: number, partitions: number): void {
  if (Number.isInteger(partition) && partition >= 0 && partition < partitions) return;
  const problem = `the usage log has no partition ${partition}, only 0 to ${partitions - 1}`;
  throw new MeterhoundError("MH_INTERNAL", { problem });
}

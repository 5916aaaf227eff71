import type { ServiceProcess } from "./process.ts";

/** What a worker says when it takes a partition or gives it back. */
export interface PartitionLine {
  event: "partition.taken" | "partition.released";
  partition: number;
  fence: number;
  /** Wall clock. */
  time: number;
}

/** What a worker has said about its partitions so far, oldest first. */
export function partitionLines(worker: ServiceProcess): PartitionLine[] {
  return worker
    .stderr()
    .split("\n")
    .filter((line) => line.startsWith("{") && line.endsWith("}") && line.includes('"partition.'))
    .map((line) => JSON.parse(line) as PartitionLine);
}

/** The partitions a worker holds by its own account, each with its line. */
export function heldBy(worker: ServiceProcess): Map<number, PartitionLine> {
  const held = new Map<number, PartitionLine>();
  for (const line of partitionLines(worker)) {
    if (line.event === "partition.taken") held.set(line.partition, line);
    else if (held.get(line.partition)?.fence === line.fence) held.delete(line.partition);
  }
  return held;
}

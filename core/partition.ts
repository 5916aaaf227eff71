/** Partitions of the usage log, fixed when an installation is set up. */
export const PARTITIONS = 16;

/** The partition of a tenant: FNV-1a over its UTF-8 bytes, modulo the number of partitions. */
export function partitionOf(tenant: string, partitions: number): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(tenant)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0) % partitions;
}

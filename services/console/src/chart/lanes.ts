/** Puts marks that would lie on each other one below the other: the lane of each, from 0. */
export function lanesOf(positions: readonly number[], size: number): number[] {
  const ends: number[] = [];
  const lanes = Array<number>(positions.length).fill(0);
  const order = positions
    .map((_, i) => i)
    .toSorted((a, b) => positions[a]! - positions[b]! || a - b);
  for (const i of order) {
    const free = ends.findIndex((end) => end <= positions[i]!);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = positions[i]! + size;
    lanes[i] = lane;
  }
  return lanes;
}

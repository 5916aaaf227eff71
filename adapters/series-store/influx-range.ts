import { MeterhoundError } from "#core/errors.ts";
import type { EventTime } from "#core/time.ts";

/** Rows one query may answer. */
const MAX_ROWS = 100_000;

/**
 * Reads a range of any size with queries of bounded answers: one that is overfull is asked again as
 * two halves, cut at a multiple of `unit`. Rows come in the order of the halves.
 * Throws MH_INFLUX_REJECTED where one unit alone holds too many.
 */
export async function readAll<Row>(
  { from, to }: { from: EventTime; to: EventTime },
  unit: number,
  read: (from: EventTime, to: EventTime, limit: number) => Promise<Row[]>,
): Promise<Row[]> {
  if (from >= to) return [];
  const rows = await read(from, to, MAX_ROWS + 1);
  if (rows.length <= MAX_ROWS) return rows;
  const middle = Math.ceil((from + to) / 2 / unit) * unit;
  if (middle >= to || middle <= from) {
    const problem = `more than ${MAX_ROWS} rows between ${from} and ${to}`;
    throw new MeterhoundError("MH_INFLUX_REJECTED", { status: 200, problem });
  }
  const first = await readAll({ from, to: middle }, unit, read);
  return first.concat(await readAll({ from: middle, to }, unit, read));
}

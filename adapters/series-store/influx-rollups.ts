import { flux } from "@influxdata/influxdb-client";
import type { Rollup } from "#core/pipeline/rollup.ts";
import { DAY, type EventTime, MINUTE } from "#core/time.ts";
import type { InfluxClient } from "#adapters/influx/client.ts";
import { bounded, having, source } from "#adapters/influx/flux.ts";
import { ROLLUP_COLUMNS, toRollup } from "./influx-points.ts";
import { readAll } from "./influx-range.ts";
import { compareRollups } from "./keys.ts";

/** Every rollup of a range, a day at a time: a range of all times costs no more than what it holds. */
export async function readRollups(
  client: InfluxClient,
  minutes: string,
  range: { from: EventTime; to: EventTime },
): Promise<Rollup[]> {
  const { from, to } = bounded(range.from, range.to);
  const found: Rollup[] = [];
  for (const day of await daysWithUsage(client, minutes, from, to)) {
    const stretch = { from: Math.max(from, day), to: Math.min(to, day + DAY) };
    const rows = await readAll(stretch, MINUTE, (from, to, limit) =>
      client.rows(
        flux`${source(minutes, "usage_1m", from, to)}
  |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")
  |> group()
  |> limit(n: ${limit})`,
        ROLLUP_COLUMNS,
      ),
    );
    for (const row of rows) found.push(toRollup(row));
  }
  return found.toSorted(compareRollups);
}

async function daysWithUsage(
  client: InfluxClient,
  minutes: string,
  from: EventTime,
  to: EventTime,
): Promise<EventTime[]> {
  if (from >= to) return [];
  const calls = flux`${source(minutes, "usage_1m", from, to)} |> ${having("field", ["calls"])}`;
  const ends = await Promise.all([
    client.rows(flux`${calls} |> first() |> group() |> sort(columns: ["_time"]) |> limit(n: 1)`, [
      "_time",
    ]),
    client.rows(
      flux`${calls} |> last() |> group() |> sort(columns: ["_time"], desc: true) |> limit(n: 1)`,
      ["_time"],
    ),
  ]);
  const [first, last] = ends.map(([row]) => (row ? Date.parse(row[0]) : null));
  if (first === null || first === undefined || last === null || last === undefined) return [];
  const days: EventTime[] = [];
  for (let day = first - (first % DAY); day <= last; day += DAY) days.push(day);
  return days;
}

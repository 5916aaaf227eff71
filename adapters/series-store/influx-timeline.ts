import { flux } from "@influxdata/influxdb-client";
import type { TimelinePoint, TimelineQuery } from "#core/ports/series-store.ts";
import { DAY, type EventTime, HOUR, MINUTE } from "#core/time.ts";
import { bucketName } from "#adapters/influx/buckets.ts";
import type { InfluxClient } from "#adapters/influx/client.ts";
import { bounded, duration, having, source } from "#adapters/influx/flux.ts";
import { readAll } from "./influx-range.ts";
import { TIMELINE_FILTERS } from "./keys.ts";

interface Stretch {
  measurement: "usage_1m" | "usage_1h";
  from: EventTime;
  to: EventTime;
}

const FIELDS = ["calls", "cost_pico", "unpriced_calls"] as const;
const COLUMNS = ["result", "_time", "_field", "_value"] as const;
const MILLION = 1_000_000n;

/**
 * Sums per step. A series is summed by the storage engine in 64 bits (9.2 million USD a key and a day
 * at most), over series in two halves that are put together here, so that totals have no such limit.
 */
export async function readTimeline(
  client: InfluxClient,
  prefix: string,
  query: TimelineQuery,
): Promise<TimelinePoint[]> {
  const { step } = query;
  const { from, to } = bounded(query.from, query.to);
  const points = new Map<EventTime, TimelinePoint>();
  for (const stretch of stretchesOf(from, to, step)) {
    const window = windowOf(step);
    const rows = await readAll(stretch, window, (from, to, limit) =>
      client.rows(statement(prefix, query, { ...stretch, from, to }, window, limit), COLUMNS),
    );
    for (const [half, at, field, value] of rows) {
      const time = Date.parse(at);
      const start = time - (time % step);
      const point = points.get(start) ?? { start, calls: 0, cost: 0n, unpriced_calls: 0 };
      const sum = half === "millions" ? BigInt(value) * MILLION : BigInt(value);
      if (field === "cost_pico") point.cost += sum;
      else point[field === "calls" ? "calls" : "unpriced_calls"] += Number(sum);
      points.set(start, point);
    }
  }
  return [...points.values()].toSorted((a, b) => a.start - b.start);
}

function statement(
  prefix: string,
  { tenant, where }: TimelineQuery,
  { measurement, from, to }: Stretch,
  window: number,
  limit: number,
): ReturnType<typeof flux> {
  let rows = source(bucketName(prefix, measurement), measurement, from, to);
  rows = flux`${rows} |> ${having("tenant", [tenant])}`;
  for (const name of TIMELINE_FILTERS) {
    const value = where[name];
    if (value !== undefined) rows = flux`${rows} |> ${having(name, [value])}`;
  }
  const sums = flux`aggregateWindow(every: ${duration(window)}, fn: sum, createEmpty: false, timeSrc: "_start")`;
  const overSeries = flux`group(columns: ["_field"]) |> ${sums} |> group() |> limit(n: ${limit})`;
  return flux`series = ${rows} |> ${having("field", FIELDS)} |> ${sums}
series
  |> map(fn: (r) => ({r with _value: r._value / 1000000}))
  |> ${overSeries} |> yield(name: "millions")
series
  |> map(fn: (r) => ({r with _value: r._value % 1000000}))
  |> ${overSeries} |> yield(name: "rest")`;
}

/** Whole hours come from the hours, which are kept longer; the ends that are no whole hour from the minutes. */
function stretchesOf(from: EventTime, to: EventTime, step: number): Stretch[] {
  const first = Math.ceil(from / HOUR) * HOUR;
  const last = Math.floor(to / HOUR) * HOUR;
  const stretches: Stretch[] =
    step % HOUR !== 0 || first >= last
      ? [{ measurement: "usage_1m", from, to }]
      : [
          { measurement: "usage_1m", from, to: first },
          { measurement: "usage_1h", from: first, to: last },
          { measurement: "usage_1m", from: last, to },
        ];
  return stretches.filter(({ from, to }) => from < to);
}

/** The longest window up to a day that fills steps. */
function windowOf(step: number): number {
  if (step <= DAY) return step;
  return [DAY, HOUR].find((window) => step % window === 0) ?? MINUTE;
}

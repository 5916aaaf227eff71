import { flux, type ParameterizedQuery } from "@influxdata/influxdb-client";
import type {
  SeriesSelection,
  SeriesSums,
  SeriesTotal,
  TimelinePoint,
  TimelineQuery,
} from "#core/ports/series-store.ts";
import { DAY, type EventTime, HOUR, MINUTE } from "#core/time.ts";
import { bucketName } from "#adapters/influx/buckets.ts";
import type { InfluxClient } from "#adapters/influx/client.ts";
import { bounded, columns, duration, having, source } from "#adapters/influx/flux.ts";
import { fromTagText } from "#adapters/influx/tag-text.ts";
import { readAll } from "./influx-range.ts";
import { compareSums, filtersOf, SUMMED_COUNTS } from "./keys.ts";

interface Stretch {
  measurement: "usage_1m" | "usage_1h";
  from: EventTime;
  to: EventTime;
}

const FIELDS = [...SUMMED_COUNTS, "cost_pico"] as const;
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
  const window = windowOf(step);
  const points = new Map<string, TimelinePoint>();
  for (const stretch of stretchesOf(query, step)) {
    const rows = await readAll(stretch, window, (from, to, limit) => {
      const selected = selectedRows(prefix, query, { ...stretch, from, to }, FIELDS);
      const bySteps = flux`${sumsOf(window)} |> group() |> limit(n: ${limit})`;
      return selected
        ? client.rows(inHalves(selected, query, window, bySteps), columnsOf(query))
        : none();
    });
    for (const [half, at, field, value, ...key] of rows) {
      const time = Date.parse(at!);
      const start = time - (time % step);
      const id = JSON.stringify([start, key]);
      let point = points.get(id);
      if (!point) points.set(id, (point = { start, key: key.map(fromTagText), ...noSums() }));
      add(point, half!, field!, value!);
    }
  }
  return [...points.values()].toSorted(compareSums);
}

/** Sums over the range, with the newest minute that has a call. */
export async function readTotals(
  client: InfluxClient,
  prefix: string,
  selection: SeriesSelection,
): Promise<SeriesTotal[]> {
  const totals = new Map<string, SeriesTotal>();
  const totalOf = (key: readonly string[]): SeriesTotal => {
    const id = JSON.stringify(key);
    let total = totals.get(id);
    if (!total) totals.set(id, (total = { key: key.map(fromTagText), last: null, ...noSums() }));
    return total;
  };
  for (const stretch of stretchesOf(selection, HOUR)) {
    const selected = selectedRows(prefix, selection, stretch, FIELDS);
    if (!selected) return [];
    const query = inHalves(selected, selection, DAY, flux`sum() |> group()`);
    for (const [half, , field, value, ...key] of await client.rows(query, columnsOf(selection))) {
      add(totalOf(key), half!, field!, value!);
    }
  }
  for (const [at, ...key] of await readLast(client, prefix, selection)) {
    const time = Date.parse(at!);
    totalOf(key).last = time - (time % MINUTE);
  }
  return [...totals.values()].toSorted(compareSums);
}

function columnsOf({ by }: SeriesSelection): readonly string[] {
  return ["result", "_time", "_field", "_value", ...by];
}

/** Sums of each series by window, then `overSeries` of the same key, in millions and in what is left. */
function inHalves(
  rows: ParameterizedQuery,
  { by }: SeriesSelection,
  window: number,
  overSeries: ParameterizedQuery,
): ParameterizedQuery {
  const together = flux`group(columns: ${columns([...by, "field"])}) |> ${overSeries}`;
  return flux`series = ${rows} |> ${sumsOf(window)}
series
  |> map(fn: (r) => ({r with _value: r._value / 1000000}))
  |> ${together} |> yield(name: "millions")
series
  |> map(fn: (r) => ({r with _value: r._value % 1000000}))
  |> ${together} |> yield(name: "rest")`;
}

function sumsOf(window: number): ParameterizedQuery {
  return flux`aggregateWindow(every: ${duration(window)}, fn: sum, createEmpty: false, timeSrc: "_start")`;
}

function add(to: SeriesSums, half: string, field: string, value: string): void {
  const sum = half === "millions" ? BigInt(value) * MILLION : BigInt(value);
  if (field === "cost_pico") to.cost += sum;
  else to[field as (typeof SUMMED_COUNTS)[number]] += Number(sum);
}

/** The newest minute with a call of each key, from the minutes: hours would not say it. */
async function readLast(
  client: InfluxClient,
  prefix: string,
  selection: SeriesSelection,
): Promise<string[][]> {
  const { by } = selection;
  const range = bounded(selection.from, selection.to);
  if (range.from >= range.to) return [];
  const rows = selectedRows(prefix, selection, { measurement: "usage_1m", ...range }, ["calls"]);
  if (!rows) return [];
  return client.rows(
    flux`${rows}
  |> filter(fn: (r) => r._value > 0)
  |> last()
  |> group(columns: ${columns(by)})
  |> max(column: "_time")
  |> group()`,
    ["_time", ...by],
  );
}

/** What a selection selects; null where it selects nothing. */
function selectedRows(
  prefix: string,
  selection: SeriesSelection,
  { measurement, from, to }: Stretch,
  fields: readonly string[],
): ParameterizedQuery | null {
  let rows = source(bucketName(prefix, measurement), measurement, from, to);
  for (const { name, values } of filtersOf(selection)) {
    if (values.length === 0) return null;
    rows = flux`${rows} |> ${having(name, values)}`;
  }
  return flux`${rows} |> ${having("field", fields)}`;
}

/** Whole hours come from the hours, which are kept longer; the ends that are no whole hour from the minutes. */
function stretchesOf(asked: { from: EventTime; to: EventTime }, unit: number): Stretch[] {
  const { from, to } = bounded(asked.from, asked.to);
  const first = Math.ceil(from / HOUR) * HOUR;
  const last = Math.floor(to / HOUR) * HOUR;
  const stretches: Stretch[] =
    unit % HOUR !== 0 || first >= last
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

function noSums(): SeriesSums {
  return { calls: 0, errors: 0, input_tokens: 0, output_tokens: 0, cost: 0n, unpriced_calls: 0 };
}

async function none(): Promise<never[]> {
  return [];
}

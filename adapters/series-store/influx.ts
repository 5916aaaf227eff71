import { flux } from "@influxdata/influxdb-client";
import { MeterhoundError } from "#core/errors.ts";
import type { Rollup } from "#core/pipeline/rollup.ts";
import type { MayWrite } from "#core/ports/may-write.ts";
import type { SeriesStore } from "#core/ports/series-store.ts";
import { HOUR } from "#core/time.ts";
import { createQueue } from "#adapters/duckdb/queue.ts";
import { type BucketRole, bucketName, wantedBuckets } from "#adapters/influx/buckets.ts";
import type { InfluxClient } from "#adapters/influx/client.ts";
import { bounded, having, source } from "#adapters/influx/flux.ts";
import { encodeLine, type Point } from "#adapters/influx/line.ts";
import { type OnDropped, sampleOf, sendLines } from "#adapters/influx/send.ts";
import { hourLines } from "./influx-hours.ts";
import { BAND_COLUMNS, fromBand, fromRollup, toBand } from "./influx-points.ts";
import { readAll } from "./influx-range.ts";
import { readRollups } from "./influx-rollups.ts";
import { readTimeline, readTotals } from "./influx-timeline.ts";
import { bandKey, lastOfEachKey, rollupKey } from "./keys.ts";

export interface InfluxSeriesOptions {
  client: InfluxClient;
  /** Before every bucket's name. */
  prefix?: string;
  /** Whether the buckets were set up without retention. */
  keepForever?: boolean;
  /** Hears of every point the store will never have. */
  onDropped: OnDropped;
  /** Wall clock, milliseconds: retention follows it. */
  now?: () => number;
}

/**
 * Time series in InfluxDB 2. A write that failed as a whole rejects with MH_INFLUX_UNREACHABLE (with
 * `retry_after_ms` where the server asked for a pause), _UNAUTHORISED, _BUCKET_MISSING or _REJECTED,
 * and may be repeated; single points that cannot be stored go to `onDropped` and hold up nothing.
 */
export function createInfluxSeriesStore(options: InfluxSeriesOptions): SeriesStore {
  const { client, prefix = "", keepForever = false, onDropped, now = Date.now } = options;
  /** One request at a time: two writes of one point could land in the wrong order. */
  const writes = createQueue();
  const bucket = (role: BucketRole): string => bucketName(prefix, role);
  const send = (
    role: BucketRole,
    lines: readonly string[],
    mayWrite: MayWrite | undefined,
  ): Promise<void> => sendLines({ client, bucket: bucket(role), onDropped, mayWrite }, lines);

  return {
    async writeRollups(rollups, mayWrite) {
      const { lines, written } = encodeAll(
        lastOfEachKey(rollups, rollupKey).map((rollup) => ({ ...rollup })),
        fromRollup,
        onDropped,
      );
      await writes.run(async () => {
        await send("usage_1m", lines, mayWrite);
        const whole = written.filter(wholeHours(keepForever, now()));
        for await (const hours of hourLines(client, bucket("usage_1m"), whole)) {
          await send("usage_1h", hours, mayWrite);
        }
      });
    },
    async writeBands(points, mayWrite) {
      const { lines } = encodeAll(lastOfEachKey(points, bandKey), fromBand, onDropped);
      await writes.run(() => send("baseline_band", lines, mayWrite));
    },
    timeline: (query) => readTimeline(client, prefix, query),
    totals: (selection) => readTotals(client, prefix, selection),
    async bands(tenant, identity, from, to) {
      const rows = await readAll(bounded(from, to), HOUR, (from, to, limit) =>
        client.rows(
          flux`${source(bucket("baseline_band"), "baseline_band", from, to)}
  |> ${having("tenant", [tenant])}
  |> ${having("identity", [identity])}
  |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")
  |> group()
  |> limit(n: ${limit})`,
          BAND_COLUMNS,
        ),
      );
      return rows
        .map(toBand)
        .toSorted((a, b) => a.start - b.start || (a.metric < b.metric ? -1 : 1));
    },
    rollups: (from, to) => readRollups(client, bucket("usage_1m"), { from, to }),
    close: () => writes.run(async () => {}),
  };
}

/** What can be stored, as lines; the rest is reported and left out. */
function encodeAll<T>(
  entries: readonly T[],
  pointOf: (entry: T) => Point,
  onDropped: OnDropped,
): { lines: string[]; written: T[] } {
  const lines: string[] = [];
  const written: T[] = [];
  for (const entry of entries) {
    try {
      lines.push(encodeLine(pointOf(entry)));
      written.push(entry);
    } catch (error) {
      if (!(error instanceof MeterhoundError)) throw error;
      const sample = JSON.stringify(entry, (_, value: unknown) =>
        typeof value === "bigint" ? value.toString() : value,
      );
      onDropped({ reason: "value", points: 1, message: error.message, sample: sampleOf(sample) });
    }
  }
  return { lines, written };
}

/** Hours whose minutes are all still there. An older one would be replaced by what is left of it. */
function wholeHours(keepForever: boolean, now: number): (rollup: Rollup) => boolean {
  const kept = wantedBuckets("", keepForever).find(({ role }) => role === "usage_1m");
  const retention = kept?.retention ?? 0;
  return ({ start }) => retention === 0 || start >= now - retention * 1_000 + HOUR;
}

import { flux } from "@influxdata/influxdb-client";
import { type EventTime, HOUR } from "#core/time.ts";
import { bucketName } from "./buckets.ts";
import type { InfluxClient } from "./client.ts";
import { bounded, duration, having, source } from "./flux.ts";
import { HOURS_OF_WEEK, hourOfWeek, type HourProfile, profileHours } from "./hour-of-week.ts";
import { encodeLine } from "./line.ts";
import { type OnDropped, sendLines } from "./send.ts";
import { fromTagText } from "./tag-text.ts";

export interface ProfileRebuild {
  client: InfluxClient;
  prefix: string;
  /** Event times; whole hours inside them count. */
  from: EventTime;
  to: EventTime;
  /** Identities per tenant, by spend. */
  top?: number;
  /** Wall clock, milliseconds: written beside each profile. */
  now: number;
  onDropped: OnDropped;
}

type Metric = "calls" | "cost_pico";

const TOP = 1_000;
const MAX_HOURS = 10_000;
const MAX_ROWS = 1_000_000;
const VERSION = 1n;
/** A week of long ago whose Sunday begins at hour 0: profiles stand at its hours and never expire. */
const PROFILE_WEEK = Date.UTC(2000, 0, 2);
const METRICS: readonly Metric[] = ["calls", "cost_pico"];
const STATISTICS = ["n", "median", "mad", "p95", "p99"] as const;

/**
 * Computes the hour-of-week profiles of the identities that spend most, from `usage_1h`, and replaces
 * those in `baseline_profile`. Answers how many identities there were. Throws MH_INFLUX_*.
 */
export async function rebuildProfiles(rebuild: ProfileRebuild): Promise<{ identities: number }> {
  const { client, prefix, top = TOP, now, onDropped } = rebuild;
  const range = bounded(rebuild.from, rebuild.to);
  const from = Math.ceil(range.from / HOUR) * HOUR;
  const to = Math.floor(range.to / HOUR) * HOUR;
  if (from >= to) return { identities: 0 };
  const hours = source(bucketName(prefix, "usage_1h"), "usage_1h", from, to);
  const spenders = await client.rows(
    flux`${hours}
  |> ${having("field", ["cost_pico"])}
  |> map(fn: (r) => ({r with _value: float(v: r._value)}))
  |> group(columns: ["tenant", "identity"]) |> sum()
  |> group(columns: ["tenant"]) |> top(n: ${top})
  |> group() |> limit(n: ${MAX_ROWS})`,
    ["tenant", "identity"],
  );
  for (const [tenant, identity] of spenders) {
    const rows = await client.rows(
      flux`${hours}
  |> ${having("tenant", [fromTagText(tenant)])}
  |> ${having("identity", [fromTagText(identity)])}
  |> ${having("field", METRICS)}
  |> group(columns: ["_field"])
  |> aggregateWindow(every: ${duration(HOUR)}, fn: sum, createEmpty: false, timeSrc: "_start")
  |> limit(n: ${MAX_HOURS})`,
      ["_time", "_field", "_value"],
    );
    const lines = METRICS.flatMap((metric) => {
      const totals = new Map<EventTime, number>();
      for (const [at, field, value] of rows) {
        if (field === metric) totals.set(Date.parse(at), Number(value));
      }
      return profileHours(totals, to).flatMap((profile, hour) =>
        profile ? [lineOf({ tenant, identity, metric }, hour, profile, now)] : [],
      );
    });
    await sendLines({ client, bucket: bucketName(prefix, "baseline"), onDropped }, lines);
  }
  return { identities: spenders.length };
}

/** The 168 profiles of one identity; null for an hour of the week nothing is known about. */
export async function readProfile(
  client: InfluxClient,
  prefix: string,
  { tenant, identity, metric }: { tenant: string; identity: string; metric: Metric },
): Promise<(HourProfile | null)[]> {
  const week = { from: PROFILE_WEEK, to: PROFILE_WEEK + HOURS_OF_WEEK * HOUR };
  const profiles = source(bucketName(prefix, "baseline"), "baseline_profile", week.from, week.to);
  const rows = await client.rows(
    flux`${profiles}
  |> ${having("tenant", [tenant])}
  |> ${having("identity", [identity])}
  |> ${having("metric", [metric])}
  |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")
  |> group()
  |> limit(n: ${HOURS_OF_WEEK})`,
    ["_time", ...STATISTICS],
  );
  const found = Array.from({ length: HOURS_OF_WEEK }, (): HourProfile | null => null);
  for (const [at, n, median, mad, p95, p99] of rows) {
    found[hourOfWeek(Date.parse(at))] = {
      n: Number(n),
      median: Number(median),
      mad: Number(mad),
      p95: Number(p95),
      p99: Number(p99),
    };
  }
  return found;
}

function lineOf(
  tags: { tenant: string; identity: string; metric: Metric },
  hour: number,
  { n, median, mad, p95, p99 }: HourProfile,
  now: number,
): string {
  return encodeLine({
    measurement: "baseline_profile",
    tags: Object.entries(tags),
    fields: [
      ["n", BigInt(n)],
      ["median", median],
      ["mad", mad],
      ["p95", p95],
      ["p99", p99],
      ["updated_ms", BigInt(now)],
      ["version", VERSION],
    ],
    time: BigInt(PROFILE_WEEK + hour * HOUR) * 1_000_000n,
  });
}

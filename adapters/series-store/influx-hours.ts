import { flux } from "@influxdata/influxdb-client";
import type { Rollup } from "#core/pipeline/rollup.ts";
import { type EventTime, HOUR } from "#core/time.ts";
import type { InfluxClient } from "#adapters/influx/client.ts";
import { duration, having, source } from "#adapters/influx/flux.ts";
import { encodeLine, type Point } from "#adapters/influx/line.ts";
import { toTagText } from "#adapters/influx/tag-text.ts";
import { nanosOf, SUMMED_FIELDS } from "./influx-points.ts";
import { ROLLUP_DIMENSIONS } from "./keys.ts";

/** Hours next to each other, read in one query. */
interface HourRun {
  from: EventTime;
  to: EventTime;
  rollups: Rollup[];
}

const LONGEST_RUN = 24;
/** Beyond so many names the query reads all of them: a longer filter costs more than it saves. */
const MAX_NAMES = 50;
const COLUMNS = ["_time", "_field", "_value", ...ROLLUP_DIMENSIONS] as const;

/**
 * The lines of `usage_1h` that the written minutes change, summed by the server from the minutes it
 * holds. Nothing of an hour is kept here, so that the totals are exact after a restart, and after a
 * partition was away at another worker; the price is one short query a write, which nothing waits for.
 */
export async function* hourLines(
  client: InfluxClient,
  minutes: string,
  rollups: readonly Rollup[],
): AsyncIterable<string[]> {
  for (const run of runsOf(rollups)) yield await linesOf(client, minutes, run);
}

async function linesOf(client: InfluxClient, minutes: string, run: HourRun): Promise<string[]> {
  const tenants = [...new Set(run.rollups.map(({ tenant }) => tenant))];
  const identities = [...new Set(run.rollups.map(({ identity }) => identity))];
  let query = source(minutes, "usage_1m", run.from, run.to);
  if (tenants.length <= MAX_NAMES) query = flux`${query} |> ${having("tenant", tenants)}`;
  if (identities.length <= MAX_NAMES) query = flux`${query} |> ${having("identity", identities)}`;
  const rows = await client.rows(
    flux`${query}
  |> ${having("field", SUMMED_FIELDS)}
  |> aggregateWindow(every: ${duration(HOUR)}, fn: sum, createEmpty: false, timeSrc: "_start")
  |> limit(n: ${LONGEST_RUN})`,
    COLUMNS,
  );
  const touched = new Set(run.rollups.map(touchedKey));
  const points = new Map<string, Point & { fields: (readonly [string, bigint])[] }>();
  for (const [at, field, value, ...tags] of rows) {
    const start = Date.parse(at);
    const [tenant, identity] = tags;
    if (!touched.has(JSON.stringify([hourOf(start), tenant, identity]))) continue;
    const key = JSON.stringify([start, ...tags]);
    let point = points.get(key);
    if (!point) {
      const named = ROLLUP_DIMENSIONS.map((name, place) => [name, tags[place] ?? ""] as const);
      point = { measurement: "usage_1h", tags: named, fields: [], time: nanosOf(start) };
      points.set(key, point);
    }
    point.fields.push([field, BigInt(value)]);
  }
  return [...points.values()].map(encodeLine);
}

function runsOf(rollups: readonly Rollup[]): HourRun[] {
  const runs: HourRun[] = [];
  for (const rollup of rollups.toSorted((a, b) => a.start - b.start)) {
    const hour = hourOf(rollup.start);
    const last = runs.at(-1);
    if (last && hour <= last.to && hour < last.from + LONGEST_RUN * HOUR) {
      last.to = hour + HOUR;
      last.rollups.push(rollup);
    } else runs.push({ from: hour, to: hour + HOUR, rollups: [rollup] });
  }
  return runs;
}

function touchedKey({ start, tenant, identity }: Rollup): string {
  return JSON.stringify([
    hourOf(start),
    toTagText(tenant, "tenant"),
    toTagText(identity, "identity"),
  ]);
}

function hourOf(at: EventTime): EventTime {
  return at - (at % HOUR);
}

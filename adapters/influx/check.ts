import { flux } from "@influxdata/influxdb-client";
import { MeterhoundError, messageOf } from "#core/errors.ts";
import { MINUTE } from "#core/time.ts";
import { bucketName, type WantedBucket, wantedBuckets } from "./buckets.ts";
import { createInfluxClient, type InfluxConnection } from "./client.ts";
import { failureOf } from "./failure.ts";
import { bounded, source } from "./flux.ts";
import { encodeLine } from "./line.ts";
import { createManagement, type Management } from "./management.ts";
import { findBucket, retentionOf } from "./setup.ts";

export interface InfluxCheck extends InfluxConnection {
  prefix: string;
  keepForever: boolean;
  /** What the token is for: an api's must not write. */
  role: "worker" | "api";
}

/** One line of `meterhound doctor`. A failed one keeps the series from being written or read. */
export interface InfluxFinding {
  what: string;
  state: "ok" | "warning" | "failed";
  message: string;
  error?: MeterhoundError;
}

type Verdict = Omit<InfluxFinding, "what">;

const PROBE = "meterhound_probe";

/**
 * Looks whether a server can hold the series with this token: its version, its buckets and their
 * retention, a written and a read point, and that the token cannot do more than it should. Never
 * throws: what went wrong stands in the findings.
 */
export async function checkInflux(check: InfluxCheck, now = Date.now()): Promise<InfluxFinding[]> {
  const server = createManagement(check.url, check.token);
  const findings: InfluxFinding[] = [];
  const look = async (what: string, at: () => Promise<Verdict>): Promise<boolean> => {
    const verdict = await at().catch(failed);
    findings.push({ what, ...verdict });
    return verdict.state !== "failed";
  };
  if (!(await look("InfluxDB version", () => checkVersion(server)))) return findings;
  for (const wanted of wantedBuckets(check.prefix, check.keepForever)) {
    await look(`bucket ${wanted.name}`, () => checkBucket(server, check.org, wanted));
  }
  await look("write and read", () => checkProbe(check, now));
  await look("token", () => checkToken(server));
  return findings;
}

/** 2.7 and later of version 2; `dev` is what a server built from its module says. Version 3 has no Flux. */
export function isSupported(version: string): boolean {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
  return version === "dev" || (major === "2" && Number(minor) >= 7);
}

async function checkVersion(server: Management): Promise<Verdict> {
  const { headers } = await server.ask("GET", "/ping");
  const version = headers.get("x-influxdb-version") ?? "unknown";
  if (!isSupported(version)) throw new MeterhoundError("MH_INFLUX_UNSUPPORTED", { version });
  return version === "dev"
    ? { state: "warning", message: "dev: built by hand, taken for 2.7 or later" }
    : { state: "ok", message: version };
}

async function checkBucket(
  server: Management,
  org: string,
  wanted: WantedBucket,
): Promise<Verdict> {
  const found = await findBucket(server, org, wanted.name);
  if (!found) {
    throw new MeterhoundError("MH_INFLUX_BUCKET_MISSING", { what: `the bucket ${wanted.name}` });
  }
  const retention = retentionOf(found);
  const message = `keeps ${inDays(retention)}, wanted ${inDays(wanted.retention)}`;
  return { state: retention === wanted.retention ? "ok" : "warning", message };
}

/** Writes into the hours, which outlive the probe's own minute by far; the point is one and the same for ever. */
async function checkProbe(check: InfluxCheck, now: number): Promise<Verdict> {
  const client = createInfluxClient(check);
  const bucket = bucketName(check.prefix, "usage_1h");
  const { from, to } = bounded(now - (now % MINUTE), now + MINUTE);
  const line = encodeLine({
    measurement: PROBE,
    tags: [["role", check.role]],
    fields: [["at", BigInt(now)]],
    time: BigInt(from) * 1_000_000n,
  });
  const outcome = check.role === "worker" ? await client.write(bucket, [line]) : null;
  if (outcome && outcome.kind !== "written") throw failureOf(outcome, `writing to ${bucket}`);
  const rows = await client.rows(flux`${source(bucket, PROBE, from, to)} |> limit(n: 10)`, [
    "_value",
  ]);
  if (outcome && !rows.some(([at]) => at === String(now))) {
    const problem = `a point written to ${bucket} cannot be read back`;
    throw new MeterhoundError("MH_INFLUX_UNREACHABLE", { problem });
  }
  return { state: "ok", message: outcome ? "a point went there and back" : "readable" };
}

/** A token that sees tokens can make itself any other: it is the operator's, which belongs into no running service. */
async function checkToken(server: Management): Promise<Verdict> {
  const { status, json } = await server.ask("GET", "/api/v2/authorizations");
  const { authorizations = [] } = json as { authorizations?: unknown[] };
  return status === 200 && authorizations.length > 0
    ? {
        state: "warning",
        message: "the token can list tokens: use one that `meterhound setup` issued",
      }
    : { state: "ok", message: "limited to its buckets" };
}

function failed(error: unknown): Verdict {
  const verdict = { state: "failed" as const, message: messageOf(error) };
  return error instanceof MeterhoundError ? { ...verdict, error } : verdict;
}

function inDays(seconds: number): string {
  return seconds === 0 ? "everything" : `${seconds / 86_400} d`;
}

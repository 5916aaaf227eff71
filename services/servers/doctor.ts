import type { Logger } from "pino";
import { checkInflux } from "#adapters/influx/check.ts";
import { createManagement } from "#adapters/influx/management.ts";
import { checkNats } from "#adapters/nats/check.ts";
import type { Nats } from "#adapters/nats/connection.ts";
import { messageOf, MeterhoundError } from "#core/errors.ts";
import { PARTITIONS } from "#core/partition.ts";
import { SECOND } from "#core/time.ts";
import type { InfluxSettings, NatsSettings, Settings } from "../config.ts";
import { connect, streamSettings } from "./open.ts";

/** One line of `meterhound doctor`: what was looked at, how it is, and what to do where it is not well. */
export interface Diagnosis {
  what: string;
  state: "ok" | "warning" | "failed";
  message: string;
  remedy: string | null;
}

/** Clocks further apart than this put events into wrong windows. */
const MOST_SKEW = 5 * SECOND;
/** Of the disk JetStream may use, the streams should ask for no larger share. */
const MOST_DISK_SHARE = 0.7;

/** Looks at the configured servers; never throws, what went wrong stands in the lines. */
export async function examineServers(
  { nats, influx }: Settings,
  log: Logger,
  now: () => number,
): Promise<Diagnosis[]> {
  return [
    ...(nats ? await examineNats(nats, log, now) : []),
    ...(influx ? await examineInflux(influx, now) : []),
  ];
}

async function examineNats(
  settings: NatsSettings,
  log: Logger,
  now: () => number,
): Promise<Diagnosis[]> {
  let nats: Nats;
  try {
    nats = await connect(settings, log);
  } catch (error) {
    return [failed("NATS", error)];
  }
  try {
    const version = nats.nc.info?.version ?? "unknown";
    const lines = [ok("NATS version", version)];
    lines.push(
      await look("NATS streams", async () => {
        await checkNats(nats, streamSettings(settings), PARTITIONS);
        return ok("NATS streams", "as configured");
      }),
      await look("NATS disk", () => diskLimits(nats)),
      await look("NATS clock", async () => {
        const { ts } = (await nats.jsm.streams.info(nats.names.usage)) as { ts?: string };
        return skew("NATS clock", ts, now());
      }),
    );
    if (settings.replicas < 3) {
      const message = `${settings.replicas} copy of every stream`;
      lines.push(
        warning(
          "NATS replicas",
          message,
          "Set nats.replicas to 3 where evidence must survive a lost server.",
        ),
      );
    }
    return lines;
  } finally {
    await nats.close();
  }
}

async function diskLimits(nats: Nats): Promise<Diagnosis> {
  const { limits } = await nats.jsm.getAccountInfo();
  const streams = await nats.jsm.streams.list().next();
  const asked = streams.reduce((sum, { config }) => sum + Math.max(0, config.max_bytes), 0);
  const gigabytes = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
  const unbounded = streams
    .filter(({ config }) => config.max_bytes <= 0)
    .map(({ config }) => config.name);
  if (unbounded.length > 0) {
    const remedy = "Bound every stream: one that grows without end stops all others.";
    return warning("NATS disk", `streams without max_bytes: ${unbounded.join(", ")}`, remedy);
  }
  const allowed = limits.max_storage;
  if (allowed > 0 && asked > allowed * MOST_DISK_SHARE) {
    const message = `streams may take ${gigabytes(asked)} of ${gigabytes(allowed)}`;
    return warning("NATS disk", message, "Raise max_file_store or lower nats.max_gigabytes.");
  }
  return ok("NATS disk", `streams may take ${gigabytes(asked)}`);
}

async function examineInflux(
  { url, org, token, prefix, keep_forever }: InfluxSettings,
  now: () => number,
): Promise<Diagnosis[]> {
  const check = { url, org, token, prefix, keepForever: keep_forever, role: "worker" as const };
  const findings = await checkInflux(check, now());
  const lines = findings.map(({ what, state, message, error }): Diagnosis => {
    return { what, state, message, remedy: state === "ok" ? null : (error?.entry.remedy ?? null) };
  });
  const clock = await look("InfluxDB clock", async () => {
    const { headers } = await createManagement(url, token).ask("GET", "/ping");
    return skew("InfluxDB clock", headers.get("date") ?? undefined, now());
  });
  return [...lines, clock];
}

async function look(what: string, at: () => Promise<Diagnosis>): Promise<Diagnosis> {
  try {
    return await at();
  } catch (error) {
    return failed(what, error);
  }
}

function skew(what: string, theirs: string | undefined, ours: number): Diagnosis {
  const difference = theirs === undefined ? NaN : Math.abs(Date.parse(theirs) - ours);
  if (Number.isNaN(difference))
    return warning(what, "the server does not tell its time", "Compare the clocks by hand.");
  const message = `${(difference / SECOND).toFixed(1)} s apart`;
  return difference <= MOST_SKEW
    ? ok(what, message)
    : warning(what, message, "Run NTP on both machines.");
}

function ok(what: string, message: string): Diagnosis {
  return { what, state: "ok", message, remedy: null };
}

function warning(what: string, message: string, remedy: string): Diagnosis {
  return { what, state: "warning", message, remedy };
}

function failed(what: string, error: unknown): Diagnosis {
  const remedy = error instanceof MeterhoundError ? error.entry.remedy : null;
  return { what, state: "failed", message: messageOf(error), remedy };
}

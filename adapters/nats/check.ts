import type { ConsumerConfig, StreamConfig } from "nats";
import { MeterhoundError } from "#core/errors.ts";
import type { Nats } from "./connection.ts";
import { differences, isSupportedServer } from "./differences.ts";
import { API, apiCode, natsProblem } from "./errors.ts";
import {
  MAX_MESSAGE,
  type StreamSettings,
  type Topology,
  PARTITION_HASH,
  wantedIntake,
  wantedStreams,
} from "./streams.ts";

/** What a start-up check found wrong. */
export interface Found {
  missing: string[];
  different: string[];
}

/**
 * Compares the server with what this installation needs. Throws MH_NATS_UNSUPPORTED, MH_STREAM_MISSING
 * or MH_STREAM_MISMATCH, each with all there is to say.
 */
export async function checkNats(
  nats: Nats,
  settings: StreamSettings,
  partitions: number,
): Promise<void> {
  requireSupported(nats);
  const found: Found = { missing: [], different: [] };
  for (const wanted of wantedStreams(settings)) {
    const echoed = await streamConfig(nats, wanted.name);
    if (echoed) found.different.push(...differences(wanted.name, wanted, echoed));
    else found.missing.push(wanted.name);
  }
  if (found.missing.length === 0) {
    await checkIntake(nats, settings, found);
    await checkTopology(nats, { partitions, hash: PARTITION_HASH }, found);
  }
  refuse(found);
}

/** Throws MH_NATS_UNSUPPORTED where the server is too old, has no JetStream or takes too small messages. */
export function requireSupported(nats: Nats): void {
  const info = nats.nc.info;
  const version = info?.version ?? "unknown";
  const problem = !isSupportedServer(version)
    ? "it is too old"
    : info?.jetstream !== true
      ? "JetStream is off"
      : info.max_payload < MAX_MESSAGE
        ? `max_payload is ${info.max_payload}, at least ${MAX_MESSAGE} is needed`
        : null;
  if (problem !== null) throw new MeterhoundError("MH_NATS_UNSUPPORTED", { version, problem });
}

/** What the server says a stream is like; null where there is none. */
export async function streamConfig(nats: Nats, name: string): Promise<StreamConfig | null> {
  return found(nats, async () => (await nats.jsm.streams.info(name)).config);
}

/** The consumer gateways' events come through; null where there is none. */
export async function intakeConfig(nats: Nats): Promise<ConsumerConfig | null> {
  const { usageIn, intake } = nats.names;
  return found(nats, async () => (await nats.jsm.consumers.info(usageIn, intake)).config);
}

/** What was set up about partitions; null before. */
export async function readTopology(nats: Nats): Promise<Topology | null> {
  const config = await nats.js.views.kv(nats.names.config, { bindOnly: true, allow_direct: false });
  const entry = await found(nats, () => config.get("topology"));
  return entry === null ? null : entry.json<Topology>();
}

/** Throws one error with everything in it; the mismatch where there is both. */
export function refuse({ missing, different }: Found): void {
  const absent = missing.map((name) => `${name} is missing`);
  const problems = [...absent, ...different].join("; ");
  if (different.length > 0) throw new MeterhoundError("MH_STREAM_MISMATCH", { problems });
  if (missing.length > 0) {
    throw new MeterhoundError("MH_STREAM_MISSING", { problems: missing.join(", ") });
  }
}

async function checkIntake(nats: Nats, settings: StreamSettings, into: Found): Promise<void> {
  const echoed = await intakeConfig(nats);
  const wanted = wantedIntake(settings.prefix);
  if (echoed) into.different.push(...differences(wanted.durable_name, wanted, echoed));
  else into.missing.push(`consumer ${wanted.durable_name}`);
}

async function checkTopology(nats: Nats, wanted: Topology, into: Found): Promise<void> {
  const stored = await readTopology(nats);
  const place = `${nats.names.config}/topology`;
  if (stored) into.different.push(...differences(place, wanted, stored));
  else into.missing.push(place);
}

async function found<T>(nats: Nats, ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (cause) {
    const code = apiCode(cause);
    if (code === API.streamNotFound || code === API.consumerNotFound) return null;
    const servers = nats.nc.getServer();
    throw new MeterhoundError(
      "MH_NATS_UNREACHABLE",
      { servers, problem: natsProblem(cause) },
      { cause },
    );
  }
}

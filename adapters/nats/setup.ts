import { MeterhoundError } from "#core/errors.ts";
import { checkNats, intakeConfig, readTopology, requireSupported, streamConfig } from "./check.ts";
import type { Nats } from "./connection.ts";
import { differences } from "./differences.ts";
import { natsProblem } from "./errors.ts";
import {
  PARTITION_HASH,
  type StreamSettings,
  type Topology,
  wantedIntake,
  type WantedStream,
  wantedStreams,
} from "./streams.ts";

/** What setting up did, one line each. */
export interface SetupStep {
  what: string;
  did: "created" | "changed" | "kept";
}

/**
 * Creates the streams, buckets and the intake consumer where they are missing and brings changed limits
 * up to date; run again, it changes nothing. Partitions, once set, stay. Throws what the check throws.
 */
export async function setUpNats(
  nats: Nats,
  settings: StreamSettings,
  partitions: number,
): Promise<SetupStep[]> {
  requireSupported(nats);
  const steps: SetupStep[] = [];
  for (const wanted of wantedStreams(settings)) {
    steps.push({ what: wanted.name, did: await bringAbout(wanted.name, () => put(nats, wanted)) });
  }
  const intake = wantedIntake(settings.prefix);
  steps.push({
    what: intake.durable_name,
    did: await bringAbout(intake.durable_name, async () => {
      if (await intakeConfig(nats)) return "kept";
      await nats.jsm.consumers.add(nats.names.usageIn, intake);
      return "created";
    }),
  });
  const topology: Topology = { partitions, hash: PARTITION_HASH };
  if ((await readTopology(nats)) === null) {
    const config = await nats.js.views.kv(nats.names.config, { bindOnly: true });
    await config.create("topology", JSON.stringify(topology));
  }
  await checkNats(nats, settings, partitions);
  return steps;
}

async function put(nats: Nats, wanted: WantedStream): Promise<SetupStep["did"]> {
  const echoed = await streamConfig(nats, wanted.name);
  if (!echoed) {
    await nats.jsm.streams.add(wanted);
    return "created";
  }
  if (differences(wanted.name, wanted, echoed).length === 0) return "kept";
  await nats.jsm.streams.update(wanted.name, wanted);
  return "changed";
}

async function bringAbout(
  name: string,
  act: () => Promise<SetupStep["did"]>,
): Promise<SetupStep["did"]> {
  try {
    return await act();
  } catch (cause) {
    if (cause instanceof MeterhoundError) throw cause;
    const problems = `${name}: ${natsProblem(cause)}`;
    throw new MeterhoundError("MH_STREAM_MISMATCH", { problems }, { cause });
  }
}

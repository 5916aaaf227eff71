import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Finding } from "#core/finding/finding.ts";
import { generateDemo } from "#services/demo/generate.ts";
import { fortnight } from "#test/support/fortnight.ts";
import {
  byId,
  createInstallation,
  type Installation,
  type InstallationOptions,
  storedFindings,
} from "#test/support/installation.ts";
import {
  differences,
  resolveEvents,
  sendUntilTaken,
  type Totals,
  totalsOfEvents,
  totalsOfRollups,
} from "#test/support/load.ts";
import { describeOnServers } from "#test/support/on-servers.ts";
import { meterhound, type ServiceProcess } from "#test/support/process.ts";
import { makeScratch, removeScratch } from "#test/support/scratch.ts";
import { request } from "#test/support/service.ts";
import { ndjson } from "#test/support/traffic.ts";
import { until } from "#test/support/until.ts";

const SEED = 3;
/** Where the fortnight ends too: the time of a partition stands still after its own newest event, a replay's only after the last of all. */
const UNTIL = Date.parse("2026-10-05T00:00:00Z");
const WORKERS = [1, 2, 4];
const BATCH = 1_000;
const WITHIN = 120_000;

const site = {
  identities: [fileURLToPath(new URL("../../services/demo/site/identities.yml", import.meta.url))],
  ownership: [fileURLToPath(new URL("../../services/demo/site/ownership.yml", import.meta.url))],
};

/** The demo week is one tenant, and so one worker's; three smaller tenants in the same days give others something to do. */
const events = [...generateDemo({ seed: SEED, until: UNTIL }), ...fortnight(SEED)].toSorted(
  (a, b) => timeOf(a) - timeOf(b),
);

const dir = makeScratch();
let expected: Finding[];
let totals: Totals;

beforeAll(async () => {
  const { config, settings, dispose } = await createInstallation({ servers: null, site });
  const file = join(dir, "events.ndjson");
  writeFileSync(file, ndjson(events));
  const { code, stdout, stderr } = await meterhound(["replay", file, "--json", "--config", config]);
  if (code !== 0) throw new Error(`replay: ${stderr}`);
  const lines = stdout.trim().split("\n");
  expected = byId(lines.map((line) => JSON.parse(line) as Finding));
  totals = totalsOfEvents(await resolveEvents(settings, events));
  await dispose();
}, WITHIN);
afterAll(() => removeScratch(dir));

function timeOf(event: object): number {
  return Date.parse(String((event as { time?: unknown }).time));
}

/** How many updates a finding took depends on how the entries fell into ticks; nothing else may. */
function withoutRevision(findings: readonly Finding[]): Finding[] {
  return findings.map((finding) => ({ ...finding, revision: 0 }));
}

/** Sends everything through the gateway, waits for the findings, ends every process in order. */
async function run(
  options: InstallationOptions,
  processes: readonly string[],
): Promise<Installation> {
  const installation = await createInstallation(options);
  const running: ServiceProcess[] = [];
  for (const roles of processes) running.push(await installation.start(roles));
  const { address } = running[0]!;
  for (let i = 0; i < events.length; i += BATCH) {
    await sendUntilTaken(address, events.slice(i, i + BATCH));
  }
  const wanted = JSON.stringify(withoutRevision(expected));
  const isThere = async (): Promise<boolean> => {
    const { json } = await request(`${address}/api/v1/findings?limit=500`, "GET");
    return JSON.stringify(withoutRevision(byId(json["items"] as Finding[]))) === wanted;
  };
  // What is stored in the end is compared below, with a difference that can be read.
  await until("the findings", isThere, 40_000).catch(() => {});
  for (const one of running.toReversed()) expect(await one.stop()).toBe(0);
  return installation;
}

function holds(options: () => InstallationOptions, processes: readonly string[]): void {
  let findings: Finding[];
  let stored: Totals;

  beforeAll(async () => {
    const installation = await run(options(), processes);
    await installation.read(async (ports) => {
      findings = await storedFindings(ports);
      stored = totalsOfRollups(
        await ports.series.rollups(timeOf(events[0]!) - 60_000, UNTIL + 600_000),
      );
    });
    await installation.dispose();
  }, WITHIN);

  it("finds what a replay finds, field for field", () => {
    expect(findings.length).toBeGreaterThan(20);
    expect(findings.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
    expect(withoutRevision(findings)).toEqual(withoutRevision(expected));
  });

  it("sums what was sent, minute by minute", () => {
    expect(differences(stored, totals).slice(0, 10)).toEqual([]);
  });
}

describe("one process on its data directory", () => {
  holds(() => ({ servers: null, site }), ["ingest,detect,api,notify"]);
});

await describeOnServers("the demo week", ({ nats, influx }) => {
  describe.each(WORKERS)("NATS and InfluxDB with %i workers", (workers) => {
    const servers = () => ({ servers: { natsUrl: nats.url(), influx }, site });
    holds(servers, ["ingest,api,notify", ...Array.from({ length: workers }, () => "detect")]);
  });
});

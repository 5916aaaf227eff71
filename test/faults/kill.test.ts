import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isProblem } from "#core/event-check.ts";
import type { UsageEvent } from "#core/event.ts";
import type { Finding } from "#core/finding/finding.ts";
import { parseUsd } from "#core/money.ts";
import { createProgram } from "#core/pipeline/program.ts";
import type { Rollup } from "#core/pipeline/rollup.ts";
import type { ResolvedEvent } from "#core/pipeline/sort-window.ts";
import { createDigest } from "#core/privacy.ts";
import { MINUTE } from "#core/time.ts";
import { readEvent } from "#services/ingest/read-event.ts";
import { replay } from "#services/replay/replay.ts";
import { loadRules } from "#services/rules/load.ts";
import { loadSite } from "#services/site.ts";
import { openEmbedded } from "#services/wiring.ts";
import { fortnight } from "#test/support/fortnight.ts";
import { type ServiceProcess, spawnService } from "#test/support/process.ts";
import { createRandom } from "#test/support/random.ts";
import { makeScratch, removeScratch } from "#test/support/scratch.ts";
import { request, testSettings } from "#test/support/service.ts";
import { ndjson } from "#test/support/traffic.ts";
import { until } from "#test/support/until.ts";

const KILLS = Number(process.env["FAULTS"] ?? 5);
const SEED = Number(process.env["SEED"] ?? 7);
/** Every third life is long enough for checkpoints, which are made every ten seconds. */
const LONG_LIFE = 12_000;

const dir = makeScratch();
const events = fortnight(SEED);
let expected: Finding[];
let shown: Finding[];
let acknowledged: UsageEvent[];
let unanswered = 0;

beforeAll(
  async () => {
    expected = await uninterrupted(events);
    acknowledged = [];
    const service = await sendAndKill();
    try {
      shown = await settledFindings(service);
    } finally {
      await service.stop();
    }
  },
  60_000 + KILLS * 20_000,
);
afterAll(() => removeScratch(dir));

/** The findings of one process that nobody disturbs, over the same events. */
async function uninterrupted(stream: readonly UsageEvent[]): Promise<Finding[]> {
  const settings = testSettings(dir);
  const site = await loadSite(settings);
  const origin = { source: "local", tenants: null, digest: createDigest("test") };
  const resolved: ResolvedEvent[] = structuredClone([...stream]).map((event) => {
    const read = readEvent(event, origin, site);
    if (isProblem(read)) throw new Error(`${event.id}: ${read.message}`);
    return read;
  });
  async function* batches(): AsyncGenerator<ResolvedEvent[]> {
    yield resolved;
  }
  return (await replay(createProgram(loadRules(), settings.impact), batches())).findings;
}

/** Sends everything in order; at the drawn moments the process dies under the sender, who starts it again and repeats. */
async function sendAndKill(): Promise<ServiceProcess> {
  const random = createRandom(SEED);
  const lives = KILLS + 1;
  const perLife = Math.ceil(events.length / lives);
  let service = await spawnService(["--data-dir", dir]);
  let from = 0;
  for (let life = 0; life < lives; life++) {
    const isLast = life === KILLS;
    const end = isLast ? events.length : (life + 1) * perLife;
    const born = Date.now();
    const pace = life % 3 === 1 ? LONG_LIFE / perLife : 0;
    while (from < end) {
      const batch = events.slice(from, Math.min(end, from + 100 + random.below(600)));
      await sleep(Math.min(1_000, born + (from % perLife) * pace - Date.now()));
      const isFatal = !isLast && from + batch.length >= end;
      const sending = send(service, batch);
      if (isFatal) {
        await sleep(random.below(40));
        await service.kill();
      }
      if (await sending) {
        acknowledged.push(...batch);
        from += batch.length;
      } else unanswered += 1;
      if (!isFatal) continue;
      service = await spawnService(["--data-dir", dir]);
      break;
    }
  }
  return service;
}

async function send(service: ServiceProcess, batch: readonly UsageEvent[]): Promise<boolean> {
  try {
    const answer = await request(`${service.address}/v1/events`, "POST", { body: ndjson(batch) });
    if (answer.status !== 202) throw new Error(`answer ${answer.status}: ${answer.text}`);
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

type Figures = Pick<Finding, "id" | "severity"> &
  Record<"observed" | "expected" | "excess", string | null>;

const figures = (findings: readonly Finding[]): Figures[] =>
  findings
    .map(({ id, severity, showback: { observed, expected: usual, excess } }) => ({
      id,
      severity,
      observed,
      expected: usual,
      excess,
    }))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));

/** Minutes of an identity whose sum is not the number of its events. */
function miscounted(rollups: readonly Rollup[]): string[] {
  const left = new Map<string, number>();
  const add = (tenant: string, identity: string, at: number, count: number): void => {
    const key = `${tenant} ${identity} ${new Date(at - (at % MINUTE)).toISOString()}`;
    left.set(key, (left.get(key) ?? 0) + count);
  };
  for (const { tenant, identity, time } of events) add(tenant, identity!.id!, Date.parse(time), 1);
  for (const { tenant, identity, start, calls } of rollups) add(tenant, identity, start, -calls);
  return [...left]
    .filter(([, count]) => count !== 0)
    .map(([key, count]) => `${key}: ${count} missing`);
}

/** The findings once they are as they should be, else as they are when waiting any longer is in vain. */
async function settledFindings({ address }: ServiceProcess): Promise<Finding[]> {
  const read = async (): Promise<Finding[]> =>
    (await request(`${address}/api/v1/findings?limit=500`, "GET")).json["items"] as Finding[];
  const wanted = JSON.stringify(figures(expected));
  return until(
    "findings",
    async () => {
      const items = await read();
      return JSON.stringify(figures(items)) === wanted && items;
    },
    25_000,
  ).catch(read);
}

describe(`a service killed ${KILLS} times at drawn moments (seed ${SEED})`, () => {
  it("was really killed while it worked", () => {
    expect(unanswered).toBeGreaterThan(0);
    expect(acknowledged.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
  });

  it("shows the findings of an uninterrupted run, none lost and none doubled", () => {
    expect(expected.map(({ family }) => family)).toEqual(
      expect.arrayContaining(["prompt-loop", "runaway-agent", "usage-anomaly"]),
    );
    expect(figures(shown)).toEqual(figures(expected));
  });

  it("keeps every acknowledged event, and counts it once in the sums", async () => {
    const ports = await openEmbedded(dir);
    try {
      const kept = new Set<string>();
      for await (const page of ports.usageLog.readRange(-Infinity, Infinity)) {
        for (const entry of page) if (entry.kind === "event") kept.add(entry.event.id);
      }
      expect(acknowledged.filter(({ id }) => !kept.has(id))).toEqual([]);
      const rollups = await ports.series.rollups(-Infinity, Infinity);
      expect(miscounted(rollups)).toEqual([]);
      expect(rollups.reduce((sum, { calls }) => sum + calls, 0)).toBe(events.length);
      const spent = events.reduce((sum, { cost }) => sum + parseUsd(cost!.amount!)!, 0n);
      expect(rollups.reduce((sum, { cost }) => sum + cost, 0n)).toBe(spent);
    } finally {
      await ports.close();
    }
  });
});

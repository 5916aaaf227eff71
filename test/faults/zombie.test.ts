import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PARTITIONS } from "#core/partition.ts";
import type { Finding } from "#core/finding/finding.ts";
import { type FaultProxy, startFaultProxy } from "#test/support/fault-proxy.ts";
import { fortnight } from "#test/support/fortnight.ts";
import {
  createInstallation,
  figures,
  type Installation,
  storedFindings,
} from "#test/support/installation.ts";
import {
  differences,
  resolveEvents,
  totalsOfEvents,
  totalsOfRollups,
  undisturbed,
} from "#test/support/load.ts";
import { type NatsProxy, startNatsProxy } from "#test/support/nats-proxy.ts";
import { describeOnServers } from "#test/support/on-servers.ts";
import { type PacedSender, startSender } from "#test/support/paced.ts";
import type { ServiceProcess } from "#test/support/process.ts";
import { createRandom } from "#test/support/random.ts";
import { staleWrites, writesBetween } from "#test/support/stale-writes.ts";
import { until } from "#test/support/until.ts";
import { heldBy } from "#test/support/worker-log.ts";

const PAUSES = process.env["FAULTS_LONG"] === "1" ? 20 : 3;
const SEED = Number(process.env["SEED"] ?? 11);
const LEASE = 2_000;
const SHARE = PARTITIONS / 2;
const LONGEST_ROUND = 40_000;

/** What one pause showed. */
interface Round {
  /** Milliseconds until somebody else had everything. */
  takenOver: number;
  /** Writes of the paused worker in the two seconds before: it was at work. */
  before: number;
  /** What it wrote afterwards under a lease it had lost. */
  stale: ReturnType<typeof staleWrites>;
  /** Milliseconds until it had its share again. */
  back: number;
}

await describeOnServers("a worker that is paused past its lease", ({ nats, influx }) => {
  const random = createRandom(SEED);
  const events = fortnight(SEED);
  const rounds: Round[] = [];
  let installation: Installation;
  let natsProxy: NatsProxy;
  let influxProxy: FaultProxy;
  let zombie: ServiceProcess;
  let other: ServiceProcess;
  let sender: PacedSender;

  beforeAll(
    async () => {
      const servers = { natsUrl: nats.url(), influx };
      installation = await createInstallation({ servers, leaseSeconds: LEASE / 1_000 });
      natsProxy = await startNatsProxy(nats.url());
      influxProxy = await startFaultProxy(influx.url);
      const gateway = await installation.start("ingest,api,notify");
      const env = { METERHOUND_NATS__URL: natsProxy.url, METERHOUND_INFLUX__URL: influxProxy.url };
      other = await installation.start("detect");
      // What the first one gives back are the upper partitions: those of two of the three tenants.
      zombie = await installation.start("detect", { env });
      sender = startSender(() => gateway.address, events);
      for (let n = 0; n < PAUSES; n++) rounds.push(await pause(n));
      sender.release(1);
      await sender.done;
    },
    60_000 + PAUSES * LONGEST_ROUND,
  );
  afterAll(async () => {
    sender?.stop();
    await installation?.dispose();
    await natsProxy?.close();
    await influxProxy?.close();
  });

  async function pause(n: number): Promise<Round> {
    const sharedOut = (): boolean => heldBy(zombie).size === SHARE && heldBy(other).size === SHARE;
    await until("an even share", sharedOut);
    const lost = heldBy(zombie);
    // Load before, through and after the pause, and a drawn moment within.
    for (let step = 1; step <= 10; step++) {
      sender.release((n + step / 20) / PAUSES);
      await sleep(50 + random.below(150));
    }
    process.kill(zombie.pid, "SIGSTOP");
    const stopped = Date.now();
    const taken = (): boolean => [...lost.keys()].every((p) => heldBy(other).has(p));
    sender.release((n + 0.75) / PAUSES);
    await until("the other worker to take over", taken);
    const takenOver = Date.now() - stopped;
    await sleep(500 + random.below(2_000));
    sender.release((n + 1) / PAUSES);
    const resumed = Date.now();
    process.kill(zombie.pid, "SIGCONT");
    const isNew = (): boolean => {
      const held = heldBy(zombie);
      return held.size === SHARE && [...held.values()].every(({ time }) => time >= resumed);
    };
    await until("the paused worker to have a share again", isNew);
    const back = Date.now() - resumed;
    const old = new Map([...lost].map(([p, { fence }]) => [p, fence]));
    const watched = { process: zombie, nats: natsProxy, influx: influxProxy };
    const before = writesBetween(watched, stopped - 2_000, stopped).length;
    return { takenOver, before, stale: staleWrites(watched, resumed, old), back };
  }

  it(`loses everything to the other one, ${PAUSES} times, within the life of two leases`, () => {
    expect(rounds).toHaveLength(PAUSES);
    expect(Math.max(...rounds.map(({ takenOver }) => takenOver))).toBeLessThan(LEASE * 2);
  });

  it("was at work when it was stopped", () => {
    expect(Math.min(...rounds.map(({ before }) => before))).toBeGreaterThan(0);
  });

  it("writes nothing any more under what it lost", () => {
    expect(rounds.flatMap(({ stale }) => stale)).toEqual([]);
  });

  it("notices, and takes its share again", () => {
    expect(Math.max(...rounds.map(({ back }) => back))).toBeLessThan(LEASE * 4);
  });

  describe("when all is done", () => {
    let expected: Finding[];

    it("has the findings of an undisturbed run", async () => {
      const { settings } = installation;
      expected = await undisturbed(settings, await resolveEvents(settings, events));
      const stored = (): Promise<Finding[]> => installation.read(storedFindings);
      const wanted = JSON.stringify(figures(expected));
      const isThere = async (): Promise<boolean> =>
        JSON.stringify(figures(await stored())) === wanted;
      await until("the findings", isThere, 25_000).catch(() => {});
      expect(figures(await stored())).toEqual(figures(expected));
    }, 60_000);

    it("hands its partitions over well within a lease when it stops in order", async () => {
      const held = heldBy(zombie);
      expect(await zombie.stop()).toBe(0);
      const stopped = Date.now();
      const hasAll = (): boolean => [...held.keys()].every((p) => heldBy(other).has(p));
      await until("the other worker to have all", hasAll);
      expect(Date.now() - stopped).toBeLessThan(LEASE * 0.65);
    });

    it("has the sums of what was sent", async () => {
      expect(await other.stop()).toBe(0);
      const wanted = totalsOfEvents(await resolveEvents(installation.settings, events));
      const rollups = await installation.read(({ series }) =>
        series.rollups(
          Date.parse(events[0]!.time) - 60_000,
          Date.parse(events.at(-1)!.time) + 60_000,
        ),
      );
      expect(differences(totalsOfRollups(rollups), wanted).slice(0, 10)).toEqual([]);
    }, 60_000);
  });
});

import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Finding } from "#core/finding/finding.ts";
import type { Rollup } from "#core/pipeline/rollup.ts";
import { fortnight } from "#test/support/fortnight.ts";
import {
  byId,
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
import { describeOnOwnServers } from "#test/support/on-servers.ts";
import { type PacedSender, startSender } from "#test/support/paced.ts";
import type { ServiceProcess } from "#test/support/process.ts";
import { createRandom } from "#test/support/random.ts";
import { request } from "#test/support/service.ts";
import { until } from "#test/support/until.ts";

const LONG = process.env["FAULTS_LONG"] === "1";
/** How often each dies; the long form by FAULTS_LONG=1. */
const KILLS = LONG
  ? { worker: 100, "nats-server": 25, influxd: 10 }
  : { worker: 20, "nats-server": 5, influxd: 3 };
type Victim = keyof typeof KILLS;
const SEED = Number(process.env["SEED"] ?? 5);
const WORKERS = 2;
const LEASE_SECONDS = 2;
/** Milliseconds of load between a recovery and the next kill, and those until what died is started again. */
const CALM = 2_000;
const DEAD = 1_500;
/** Longer than a gateway waits before it says 503; the first outage of NATS lasts so long. */
const OUTAGE = 13_000;
/** Steps in which the sender is let go on between two kills, so that there is load at every moment. */
const STEP = 50;
const STEPS = 70;
const ALL = Object.values(KILLS).reduce((sum, count) => sum + count, 0);

await describeOnOwnServers(`${ALL} kills under load (seed ${SEED})`, ({ nats, influx }) => {
  const random = createRandom(SEED);
  const events = fortnight(SEED);
  const workers: ServiceProcess[] = [];
  let installation: Installation;
  let gateway: ServiceProcess;
  let sender: PacedSender;
  let expected: Finding[];
  let shown: Finding[];
  let exits: (number | null)[];
  let sawOutage = false;

  beforeAll(
    async () => {
      const servers = { natsUrl: nats.url(), influx };
      installation = await createInstallation({ servers, leaseSeconds: LEASE_SECONDS });
      const { settings } = installation;
      expected = await undisturbed(settings, await resolveEvents(settings, events));
      gateway = await installation.start("ingest,api,notify");
      for (let i = 0; i < WORKERS; i++) workers.push(await installation.start("detect"));
      sender = startSender(() => gateway.address, events);
      let killed = 0;
      let share = 0;
      const trickle = setInterval(() => {
        share = Math.min(share + 1 / STEPS / (ALL + 1), (killed + 1) / (ALL + 1));
        sender.release(share);
      }, STEP);
      for (const victim of drawVictims()) {
        await sleep(random.below(CALM));
        await killAndRestart(victim);
        killed += 1;
      }
      clearInterval(trickle);
      sender.release(1);
      await sender.done;
      shown = await settledFindings();
      exits = await Promise.all([...workers, gateway].map((one) => one.stop()));
    },
    120_000 + ALL * 15_000,
  );
  afterAll(async () => {
    sender?.stop();
    await installation?.dispose();
  });

  function drawVictims(): Victim[] {
    const left = Object.entries(KILLS).flatMap(([victim, count]) =>
      Array.from({ length: count }, () => victim as Victim),
    );
    const drawn: Victim[] = [];
    while (left.length > 0) drawn.push(...left.splice(random.below(left.length), 1));
    return drawn;
  }

  async function killAndRestart(victim: Victim): Promise<void> {
    if (victim === "worker") await restartWorker(random.below(DEAD));
    else if (victim === "influxd") {
      await influx.process!.kill();
      await sleep(random.below(2 * DEAD));
      await influx.process!.restart();
    } else {
      const isLong = !sawOutage;
      sawOutage = true;
      await nats.server()!.kill();
      // A worker that comes up meanwhile finds no server, and its supervisor tries again.
      const worker = isLong ? restartWorker(0) : null;
      await sleep(isLong ? OUTAGE : random.below(2 * DEAD));
      await nats.server()!.start();
      await worker;
    }
  }

  async function restartWorker(pause: number): Promise<void> {
    const i = random.below(WORKERS);
    await workers[i]!.kill();
    await sleep(pause);
    workers[i] = await supervised(() => installation.start("detect"));
  }

  /** The findings as the gateway shows them, once they are as they should be or waiting longer is in vain. */
  async function settledFindings(): Promise<Finding[]> {
    const read = async (): Promise<Finding[]> => {
      const { json } = await request(`${gateway.address}/api/v1/findings?limit=500`, "GET");
      return byId(json["items"] as Finding[]);
    };
    const wanted = JSON.stringify(figures(expected));
    const isThere = async (): Promise<boolean> => JSON.stringify(figures(await read())) === wanted;
    await until("the findings", isThere, 40_000).catch(() => {});
    return read();
  }

  it("leaves every survivor at work, and able to stop in order", () => {
    expect(exits).toEqual(exits.map(() => 0));
  });

  it("was felt by the sender", () => {
    expect(sender.sent()).toBe(events.length);
    expect(sender.refused()).toBeGreaterThan(0);
  });

  it("loses no acknowledged event", async () => {
    const kept = new Set<string>();
    await installation.read(async ({ usageLog }) => {
      for await (const page of usageLog.readRange(-Infinity, Infinity)) {
        for (const entry of page) if (entry.kind === "event") kept.add(entry.event.id);
      }
    });
    expect(events.filter(({ id }) => !kept.has(id))).toEqual([]);
  }, 60_000);

  describe("the findings", () => {
    it("are those of an undisturbed run, none lost and none doubled", async () => {
      expect(expected.length).toBeGreaterThan(20);
      expect(figures(await installation.read(storedFindings))).toEqual(figures(expected));
    });

    it("are shown by a gateway that lived through it all", () => {
      expect(figures(shown)).toEqual(figures(expected));
    });
  });

  it("counts every event once in the sums", async () => {
    const wanted = totalsOfEvents(await resolveEvents(installation.settings, events));
    const read = (): Promise<Rollup[]> =>
      installation.read(({ series }) =>
        series.rollups(timeOf(0) - 60_000, timeOf(events.length - 1) + 60_000),
      );
    expect(differences(totalsOfRollups(await read()), wanted).slice(0, 10)).toEqual([]);
  }, 60_000);

  function timeOf(index: number): number {
    return Date.parse(events[index]!.time);
  }
});

/** Starts until it stays up, as whatever supervises a service does. */
async function supervised(start: () => Promise<ServiceProcess>): Promise<ServiceProcess> {
  const deadline = Date.now() + 2 * OUTAGE;
  while (true) {
    try {
      return await start();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(500);
    }
  }
}

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { usageEvent } from "#test/support/events.ts";
import { createInstallation, type Installation } from "#test/support/installation.ts";
import { describeOnServers } from "#test/support/on-servers.ts";
import { meterhound } from "#test/support/process.ts";
import { until } from "#test/support/until.ts";

const FIRST = Date.parse("2026-10-05T00:30:00Z");
const HOUR = 3_600_000;

await describeOnServers("setup, doctor and baseline rebuild", ({ nats, influx }) => {
  let installation: Installation;
  const run = (...args: string[]) => meterhound([...args, "--config", installation.config]);

  beforeAll(async () => {
    installation = await createInstallation({ servers: { natsUrl: nats.url(), influx } });
  }, 60_000);
  afterAll(() => installation.dispose());

  describe("setup", () => {
    it("changes nothing when it is run again", async () => {
      const { code, stdout } = await run("setup");
      expect(code).toBe(0);
      expect(stdout).toMatch(/USAGE: kept/);
      expect(stdout).not.toMatch(/created|changed/);
    });
  });

  describe("doctor", () => {
    it("finds a set-up installation well, and says what could be better", async () => {
      const { code, stdout } = await run("doctor");
      expect(code).toBe(0);
      expect(stdout).toMatch(/✓ NATS streams: as configured/);
      expect(stdout).toMatch(/✓ write and read: /);
      expect(stdout).toMatch(/✓ InfluxDB clock: /);
      expect(stdout).toMatch(/! NATS replicas: .*\n {4}Set nats\.replicas/);
    });

    it("names what is missing, with the remedy, and fails", async () => {
      const env = { METERHOUND_NATS__PREFIX: "nobody", METERHOUND_INFLUX__PREFIX: "nobody" };
      const { code, stdout } = await meterhound(["doctor", "--config", installation.config], {
        env,
      });
      expect(code).toBe(1);
      expect(stdout).toMatch(/✗ NATS streams: .*nobody_USAGE.*\n {4}Run `meterhound setup`/);
      expect(stdout).toMatch(/✗ bucket .*\n {4}Run `meterhound setup`/);
    });
  });

  describe("baseline rebuild", () => {
    it("writes the bands of stored hours anew, and the same when it is run again", async () => {
      const service = await installation.start("ingest,detect,api,notify");
      const events = Array.from({ length: 48 }, (_, i) => {
        const time = new Date(FIRST + i * HOUR).toISOString();
        return JSON.stringify({
          ...usageEvent({ id: `e${i}` }),
          time,
          tenant: "t",
          identity: { id: "svc" },
        });
      });
      const body = events.join("\n");
      const { status } = await fetch(`${service.address}/v1/events`, { method: "POST", body });
      expect(status).toBe(202);
      const end = FIRST + 50 * HOUR;
      const bands = () =>
        installation.read(({ series }) => series.bands("t", "svc", FIRST - HOUR, end));
      await until("the bands to be written", async () => (await bands()).length === 94);
      const live = await bands();
      await service.stop();
      const times = ["--from", "2026-10-05T00:00:00Z", "--to", "2026-10-08T00:00:00Z"];
      for (let i = 0; i < 2; i++) {
        const { code, stdout } = await run("baseline", "rebuild", ...times);
        expect(code).toBe(0);
        expect(stdout).toMatch(/^94 hours of baseline bands written\n/);
      }
      expect(await bands()).toEqual(live);
    }, 60_000);
  });
});

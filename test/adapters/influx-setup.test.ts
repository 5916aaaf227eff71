import { afterAll, describe, expect, it } from "vitest";
import { wantedBuckets } from "#adapters/influx/buckets.ts";
import { checkInflux, isSupported } from "#adapters/influx/check.ts";
import { setupInflux } from "#adapters/influx/setup.ts";
import { retryAfter } from "#adapters/influx/outcome.ts";
import { createInfluxClient } from "#adapters/influx/client.ts";
import { createInfluxSeriesStore } from "#adapters/series-store/influx.ts";
import { freePort } from "#test/support/process.ts";
import { withInfluxd } from "#test/support/influxd.ts";
import { rollup } from "#test/support/rollup.ts";

describe("the wanted buckets", () => {
  it("keep as long as the series need, or for ever", () => {
    expect(wantedBuckets("p_").map(({ name, retention }) => [name, retention / 86_400])).toEqual([
      ["p_usage_1m", 30],
      ["p_usage_1h", 400],
      ["p_baseline_band", 400],
      ["p_baseline", 0],
    ]);
    expect(wantedBuckets("", true).every(({ retention }) => retention === 0)).toBe(true);
  });
});

describe("the server's version", () => {
  it.each([
    ["dev", true],
    ["v2.7.12", true],
    ["2.8.0", true],
    ["2.10.1", true],
    ["2.6.9", false],
    ["1.8.10", false],
    ["3.0.1", false],
    ["unknown", false],
  ])("%s is supported: %s", (version, supported) => {
    expect(isSupported(version)).toBe(supported);
  });
});

describe("Retry-After", () => {
  it.each([
    ["3", 3_000],
    ["0", 0],
    ["999999", 3_600_000],
    ["Mon, 05 Oct 2026 12:00:10 GMT", 10_000],
    ["Mon, 05 Oct 2026 11:00:00 GMT", 0],
    ["soon", null],
    [undefined, null],
  ])("%s means %s ms", (header, millis) => {
    expect(retryAfter(header, Date.UTC(2026, 9, 5, 12))).toBe(millis);
  });
});

await withInfluxd("adapters/influx-setup", (server) => {
  afterAll(() => server.dispose());
  const setup = { prefix: "s_", keepForever: false };
  const at = () => ({ url: server.url, org: server.org });

  // Tokens and prefixes are fixed here: only on a server that goes afterwards.
  describe.skipIf(!server.process)("setup and check", () => {
    it("creates what is missing, once, and tokens that can do their part and no more", async () => {
      const operator = { ...at(), token: server.token, ...setup };
      const first = await setupInflux(operator);
      expect(first.buckets.map(({ state }) => state)).toEqual(Array(4).fill("created"));
      const again = await setupInflux(operator);
      expect(again.buckets.map(({ state }) => state)).toEqual(Array(4).fill("present"));
      expect(again.tokens).toBeNull();
      const { worker, api } = first.tokens!;

      const asWorker = await checkInflux({ ...at(), ...setup, token: worker, role: "worker" });
      expect(asWorker.filter(({ state }) => state !== "ok").map(({ what }) => what)).toEqual(
        server.version === "dev" ? ["InfluxDB version"] : [],
      );
      const asApi = await checkInflux({ ...at(), ...setup, token: api, role: "api" });
      expect(asApi.filter(({ state }) => state === "failed")).toEqual([]);
      const store = createInfluxSeriesStore({
        client: createInfluxClient({ ...at(), token: api }),
        prefix: "s_",
        onDropped() {},
      });
      expect(await store.rollups(0, Date.now())).toEqual([]);
      await expect(store.writeRollups([rollup({ start: Date.now() })])).rejects.toMatchObject({
        code: "MH_INFLUX_UNAUTHORISED",
      });
    });

    it("lengthens a retention, and leaves a longer one alone", async () => {
      const operator = { ...at(), token: server.token, prefix: "l_" };
      await setupInflux({ ...operator, keepForever: false });
      const longer = await setupInflux({ ...operator, keepForever: true });
      const states = ["lengthened", "lengthened", "lengthened", "present"];
      expect(longer.buckets.map(({ state }) => state)).toEqual(states);
      const shorter = await setupInflux({ ...operator, keepForever: false });
      expect(shorter.buckets[0]?.state).toBe("kept_longer");
    });

    it("says what is wrong: an operator's token, a bucket that is missing, a wrong token, no server", async () => {
      const check = { ...at(), ...setup, role: "worker" as const };
      const operator = await checkInflux({ ...check, token: server.token });
      expect(operator.find(({ what }) => what === "token")?.state).toBe("warning");
      const codes = async (changed: object): Promise<unknown[]> =>
        (await checkInflux({ ...check, token: server.token, ...changed })).flatMap(({ error }) =>
          error ? [error.code] : [],
        );
      expect(new Set(await codes({ prefix: "none_" }))).toEqual(
        new Set(["MH_INFLUX_BUCKET_MISSING"]),
      );
      expect(await codes({ token: "wrong" })).toContain("MH_INFLUX_UNAUTHORISED");
      const nobody = `http://127.0.0.1:${await freePort()}`;
      expect(await codes({ url: nobody })).toEqual(["MH_INFLUX_UNREACHABLE"]);
    });
  });
});

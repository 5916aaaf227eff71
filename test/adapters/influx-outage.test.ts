import pino from "pino";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { createInfluxClient } from "#adapters/influx/client.ts";
import type { Dropped } from "#adapters/influx/send.ts";
import { createInfluxSeriesStore } from "#adapters/series-store/influx.ts";
import type { Rollup } from "#core/pipeline/rollup.ts";
import type { SeriesStore } from "#core/ports/series-store.ts";
import { MINUTE } from "#core/time.ts";
import { createSeriesWriter, type SeriesWriter } from "#services/detect/series-writer.ts";
import { type Fault, type FaultProxy, startFaultProxy } from "#test/support/fault-proxy.ts";
import { withInfluxd } from "#test/support/influxd.ts";
import { createRandom } from "#test/support/random.ts";
import { until } from "#test/support/until.ts";
import { NOON, rollup } from "#test/support/rollup.ts";
import { sameSeries, windows } from "./influx-oracle.ts";

const SILENT = pino({ level: "silent" });
const TIMEOUT = 400;

interface Scene {
  proxy: FaultProxy;
  store: SeriesStore;
  writer: SeriesWriter;
  dropped: Dropped[];
}

await withInfluxd("adapters/influx-outage", (server) => {
  afterAll(() => server.dispose());

  async function scene(): Promise<Scene> {
    const { prefix } = await server.installation();
    const proxy = await startFaultProxy(server.url);
    const { org, token } = server;
    const client = createInfluxClient({ url: proxy.url, org, token, timeout: TIMEOUT });
    const dropped: Dropped[] = [];
    const onDropped = (one: Dropped): unknown => dropped.push(one);
    const store = createInfluxSeriesStore({ client, prefix, keepForever: true, onDropped });
    const limits = { waiting: 10_000, retry: 50, settle: 1_200 };
    const writer = createSeriesWriter(store, SILENT, limits);
    onTestFinished(async () => {
      await writer.close();
      await proxy.close();
    });
    return { proxy, store, writer, dropped };
  }

  const drained = (writer: SeriesWriter): Promise<unknown> =>
    until("the writer to have written all", () => writer.unwritten().rollups.length === 0);

  /** Adds windows in batches, and counts on in earlier ones, as the fold does. */
  function feed(writer: SeriesWriter, all: readonly Rollup[]): void {
    for (let i = 0; i < all.length; i += 100) {
      const batch = new Set(all.slice(i, i + 100));
      for (const earlier of all.slice(Math.max(0, i - 50), i)) {
        earlier.calls += 1;
        earlier.cost += 7n;
        batch.add(earlier);
      }
      writer.add({ rollups: batch, bands: [] });
    }
  }

  describe("series through an outage", () => {
    const faults: Record<string, Fault> = {
      "answers 503": { kind: "answer", status: 503 },
      "is throttled without saying for how long": { kind: "answer", status: 429 },
      "is too slow": { kind: "slow", delay: 2 * TIMEOUT },
      "stores but answers too late": { kind: "late", delay: 2 * TIMEOUT },
      "breaks the connection before the request": { kind: "cut", when: "before" },
      "breaks the connection after the request": { kind: "cut", when: "after" },
      "loses the token": { kind: "answer", status: 401 },
      "loses the bucket": { kind: "answer", status: 404 },
      "answers 400 to everything": { kind: "answer", status: 400 },
    };
    it.each(Object.keys(faults))("are whole when the server %s and then returns", async (name) => {
      const { proxy, store, writer, dropped } = await scene();
      const all = windows(1_200, createRandom(7));
      const [first, rest] = [all.slice(0, 300), all.slice(300)];
      feed(writer, first);
      await drained(writer);
      proxy.set(faults[name]!);
      const before = proxy.seen.length;
      feed(writer, rest);
      await until("three failed requests", () => proxy.seen.length >= before + 3);
      expect(writer.unwritten().rollups.length).toBeGreaterThan(0);
      proxy.set({ kind: "pass" });
      await drained(writer);
      const { found, wanted } = await sameSeries(store, all);
      expect(found).toEqual(wanted);
      expect(dropped).toEqual([]);
    });

    it("are whole when nothing listens and then something does", async () => {
      const { proxy, store, writer } = await scene();
      const all = windows(600, createRandom(8));
      await proxy.down();
      feed(writer, all);
      await writer.flush();
      expect(writer.unwritten().rollups).toHaveLength(600);
      await proxy.up();
      await drained(writer);
      const { found, wanted } = await sameSeries(store, all);
      expect(found).toEqual(wanted);
    });

    it.skipIf(!server.process)(
      "are whole when the server is killed under writes and starts again",
      async () => {
        const { store, writer } = await scene();
        const all = windows(6_000, createRandom(9));
        feed(writer, all.slice(0, 3_000));
        await until("some to be stored", () => writer.unwritten().rollups.length < 3_000);
        feed(writer, all.slice(3_000));
        await server.process!.kill();
        await writer.flush();
        expect(writer.unwritten().rollups.length).toBeGreaterThan(0);
        await server.process!.restart();
        await drained(writer);
        const { found, wanted } = await sameSeries(store, all);
        expect(found).toEqual(wanted);
      },
    );

    it("rejects with how long to wait, counted in seconds, and the writer waits so long", async () => {
      const { proxy, store, writer } = await scene();
      proxy.set({ kind: "answer", status: 429, retryAfter: 2 });
      await expect(store.writeRollups([rollup()])).rejects.toMatchObject({
        code: "MH_INFLUX_UNREACHABLE",
        details: { retry_after_ms: 2_000 },
      });
      writer.add({ rollups: new Set([rollup()]), bands: [] });
      const refused = await until("a refusal", () =>
        proxy.seen.length > 1 ? proxy.seen[1] : null,
      );
      proxy.set({ kind: "pass" });
      await drained(writer);
      const again = proxy.seen.find(({ at, path }) => at > refused.at && path.includes("write"));
      expect(again!.at - refused.at).toBeGreaterThanOrEqual(1_990);
    });

    it("hold the newest totals although a write that was given up lands after them", async () => {
      const { proxy, store, writer } = await scene();
      const counting = rollup({ calls: 1 });
      proxy.set({ kind: "slow", delay: 3 * TIMEOUT });
      writer.add({ rollups: new Set([counting]), bands: [] });
      await until("the request", () => proxy.seen.length === 1);
      proxy.set({ kind: "pass" });
      counting.calls = 2;
      const stored = async (): Promise<unknown> =>
        (await store.rollups(NOON, NOON + MINUTE)).map(({ calls }) => calls).join();
      await until("the newer totals", async () => (await stored()) === "2");
      await until("the late write", async () => (await stored()) === "1");
      await drained(writer);
      expect(await stored()).toBe("2");
    });

    it("lets a request be halved that is too large", async () => {
      const { proxy, store, dropped } = await scene();
      const all = windows(1_000, createRandom(10));
      proxy.set({ kind: "small", limit: 40_000 });
      await store.writeRollups(all);
      expect(proxy.seen.some(({ status }) => status === 413)).toBe(true);
      const { found, wanted } = await sameSeries(store, all);
      expect(found).toEqual(wanted);
      expect(dropped).toEqual([]);
    });
  });

  describe("single points that cannot be stored", () => {
    it("leaves out one bad line in a thousand and stores the others", async () => {
      const { proxy, store, writer, dropped } = await scene();
      const all = Array.from({ length: 4_000 }, (_, i) =>
        rollup({ identity: `svc-${i % 40}`, start: NOON + Math.floor(i / 40) * MINUTE, calls: i }),
      );
      const isBad = (calls: number): boolean => calls % 1_000 === 500;
      proxy.set({
        kind: "corrupt",
        line: (line) =>
          line.startsWith("usage_1m") && isBad(Number(/ calls=(\d+)i/.exec(line)?.[1])),
      });
      writer.add({ rollups: new Set(all), bands: [] });
      await drained(writer);
      expect(dropped.map(({ reason, points }) => [reason, points])).toEqual(
        Array.from({ length: 4 }, () => ["unparseable", 1]),
      );
      const stored = all.filter(({ calls }) => !isBad(calls));
      const { found, wanted } = await sameSeries(store, stored);
      expect(found).toEqual(wanted);
    });

    it("counts points of another type and stores those beside them", async () => {
      const { prefix, client } = await server.installation();
      await client.write(`${prefix}usage_1m`, ["usage_1m,tenant=x calls=1.5 1"]);
      const dropped: Dropped[] = [];
      const store = createInfluxSeriesStore({
        client,
        prefix,
        keepForever: true,
        onDropped: (one) => dropped.push(one),
      });
      // Another shard knows nothing of the other type; the same one does.
      await store.writeRollups([rollup({ start: 0 }), rollup()]);
      expect(dropped).toMatchObject([{ reason: "type_conflict", points: 1 }]);
      expect(await store.rollups(NOON, NOON + MINUTE)).toEqual([rollup()]);
    });

    it("counts points beyond the retention and stores those within", async () => {
      const { prefix, client } = await server.installation(false);
      const dropped: Dropped[] = [];
      const onDropped = (one: Dropped): unknown => dropped.push(one);
      const store = createInfluxSeriesStore({ client, prefix, onDropped });
      const recent = Date.now() - (Date.now() % MINUTE) - MINUTE;
      const old = Date.UTC(2020, 0, 1);
      await store.writeRollups([rollup({ start: old }), rollup({ start: recent })]);
      expect(dropped).toMatchObject([{ reason: "beyond_retention", points: 1 }]);
      expect(await store.rollups(-Infinity, Infinity)).toEqual([rollup({ start: recent })]);
    });

    it("reports what has no place in 64 bits, and stores the rest", async () => {
      const { prefix, client } = await server.installation();
      const dropped: Dropped[] = [];
      const onDropped = (one: Dropped): unknown => dropped.push(one);
      const store = createInfluxSeriesStore({ client, prefix, keepForever: true, onDropped });
      const good = [2n ** 63n - 1n, 2n ** 63n - 2n, -(2n ** 63n), 2n ** 53n + 1n].map((cost, i) =>
        rollup({ identity: `svc-${i}`, cost }),
      );
      await store.writeRollups([...good, rollup({ identity: "rich", cost: 2n ** 63n })]);
      expect(dropped).toMatchObject([{ reason: "value", points: 1 }]);
      expect(dropped[0]?.sample).toContain("rich");
      expect(await store.rollups(NOON, NOON + MINUTE)).toEqual(good);
    });
  });
});

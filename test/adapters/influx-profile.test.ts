import { afterAll, describe, expect, it } from "vitest";
import { HOURS_OF_WEEK, hourOfWeek, profileHours } from "#adapters/influx/hour-of-week.ts";
import { readProfile, rebuildProfiles } from "#adapters/influx/profile.ts";
import { createInfluxSeriesStore } from "#adapters/series-store/influx.ts";
import { DAY, HOUR, MINUTE } from "#core/time.ts";
import { withInfluxd } from "#test/support/influxd.ts";
import { NOON, rollup } from "#test/support/rollup.ts";

/** A Sunday, 00:00. */
const SUNDAY = Date.UTC(2026, 8, 6);
const WEEK = 7 * DAY;

describe("the profile of an hour of the week", () => {
  it("is that of a hand computation, idle weeks counting as zero", () => {
    // Mondays at 09:00: 10, nothing, 40, 20. Sorted 0 10 20 40: median 15; distances 15 5 5 25: 10.
    const monday = SUNDAY + DAY + 9 * HOUR;
    const totals = new Map([
      [SUNDAY, 1],
      [monday, 10],
      [monday + 2 * WEEK, 40],
      [monday + 3 * WEEK, 20],
    ]);
    const profile = profileHours(totals, SUNDAY + 4 * WEEK);
    const found = profile[33]!;
    expect(found).toMatchObject({ n: 4, median: 15, mad: 10 });
    // Type 7: at 0.95 x 3 = 2.85 of 0 10 20 40.
    expect(found.p95).toBeCloseTo(20 + 0.85 * 20, 10);
    expect(found.p99).toBeCloseTo(20 + 0.97 * 20, 10);
    expect(profile[34]).toEqual({ n: 4, median: 0, mad: 0, p95: 0, p99: 0 });
  });

  it("begins with the first hour of usage and leaves out an hour that is not over", () => {
    const profile = profileHours(new Map([[SUNDAY + 5 * HOUR, 3]]), SUNDAY + 7 * HOUR + MINUTE);
    expect(profile.map((one) => one?.n ?? 0).slice(0, 9)).toEqual([0, 0, 0, 0, 0, 1, 1, 0, 0]);
    expect(profileHours(new Map(), SUNDAY)).toEqual(Array(HOURS_OF_WEEK).fill(null));
  });

  it("counts from Sunday midnight UTC", () => {
    expect([SUNDAY, SUNDAY + HOUR, SUNDAY + WEEK - HOUR].map(hourOfWeek)).toEqual([0, 1, 167]);
  });
});

await withInfluxd("adapters/influx-profile", (server) => {
  afterAll(() => server.dispose());

  describe("profiles in the store", () => {
    it("are computed from the hours of those who spend most, and replace the earlier ones", async () => {
      const { prefix, client } = await server.installation();
      const onDropped = (): never => {
        throw new Error("dropped");
      };
      const store = createInfluxSeriesStore({ client, prefix, keepForever: true, onDropped });
      const monday = SUNDAY + DAY + 9 * HOUR;
      const big = [10, 0, 40, 20].flatMap((calls, week) =>
        calls === 0
          ? []
          : ["a", "b"].map((model) =>
              rollup({
                identity: 'big, "one"\n',
                model,
                calls: calls / 2,
                cost: BigInt(calls) * 500_000_000_000n,
                start: monday + week * WEEK + 7 * MINUTE,
              }),
            ),
      );
      const small = rollup({ identity: "small", cost: 1n, start: monday });
      const other = rollup({ tenant: "other", identity: "small", cost: 1n, start: monday });
      await store.writeRollups([...big, small, other]);
      const rebuild = { client, prefix, from: SUNDAY, to: SUNDAY + 4 * WEEK, now: NOON, onDropped };
      expect(await rebuildProfiles({ ...rebuild, top: 1 })).toEqual({ identities: 2 });
      const of = { tenant: "acme", identity: 'big, "one"\n' };
      const calls = await readProfile(client, prefix, { ...of, metric: "calls" });
      expect(calls[33]).toMatchObject({ n: 4, median: 15, mad: 10 });
      expect(calls[33]!.p95).toBeCloseTo(37, 10);
      const cost = await readProfile(client, prefix, { ...of, metric: "cost_pico" });
      expect(cost[33]).toMatchObject({ n: 4, median: 15e12, mad: 10e12 });
      const absent = await readProfile(client, prefix, {
        ...of,
        identity: "small",
        metric: "calls",
      });
      expect(absent).toEqual(Array(HOURS_OF_WEEK).fill(null));

      await store.writeRollups([
        { ...small, start: monday + WEEK },
        { ...big[0]!, calls: 25 },
      ]);
      expect(await rebuildProfiles(rebuild)).toEqual({ identities: 3 });
      const again = await readProfile(client, prefix, { ...of, metric: "calls" });
      expect(again[33]).toMatchObject({ n: 4, median: 25 });
    });
  });

  describe("hours", () => {
    it("are exact after a restart in the middle of one, and when a minute is written again", async () => {
      const { prefix, client } = await server.installation();
      const create = () =>
        createInfluxSeriesStore({ client, prefix, keepForever: true, onDropped() {} });
      const minutes = Array.from({ length: 60 }, (_, i) =>
        rollup({ start: NOON + i * MINUTE, calls: 1 }),
      );
      await create().writeRollups(minutes.slice(0, 30));
      await server.process?.stop();
      await server.process?.restart();
      const store = create();
      await store.writeRollups(minutes.slice(30));
      await store.writeRollups([rollup({ calls: 11 }), rollup({ calls: 100, segment: 2 ** 52 })]);
      const range = { from: NOON, to: NOON + HOUR };
      const [hour] = await store.timeline({
        tenants: ["acme"],
        where: {},
        by: [],
        ...range,
        step: HOUR,
      });
      expect(hour?.calls).toBe(59 + 11 + 100);
      const [found] = (await store.rollups(NOON, NOON + MINUTE)).slice(1);
      expect(found).toEqual(rollup({ calls: 100, segment: 2 ** 52 }));
    });

    it("are joined by the minutes where a range does not begin or end on one", async () => {
      const { prefix, client } = await server.installation();
      const store = createInfluxSeriesStore({ client, prefix, keepForever: true, onDropped() {} });
      await store.writeRollups(
        Array.from({ length: 300 }, (_, i) => rollup({ start: NOON + i * MINUTE, calls: 1 })),
      );
      const range = { from: NOON + 20 * MINUTE, to: NOON + 4 * HOUR + 10 * MINUTE };
      const points = await store.timeline({
        tenants: ["acme"],
        where: {},
        by: [],
        ...range,
        step: 2 * HOUR,
      });
      expect(points.map(({ start, calls }) => [start, calls])).toEqual([
        [NOON, 100],
        [NOON + 2 * HOUR, 120],
        [NOON + 4 * HOUR, 10],
      ]);
    });
  });
});

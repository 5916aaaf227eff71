import { describe, expect, it } from "vitest";
import type { FindingStore } from "#services/api/finding-store.ts";
import { createTimeline, type TimelineRequest } from "#services/timeline/timeline.ts";
import type { BandPoint } from "#core/pipeline/outputs.ts";
import { createMemorySeriesStore } from "#adapters/series-store/memory.ts";
import { parseUsd } from "#core/money.ts";
import type { SeriesStore } from "#core/ports/series-store.ts";
import { DAY, formatTime, HOUR, MINUTE } from "#core/time.ts";
import { TimelineReport } from "#core/timeline/report.ts";
import { NOON, rollup } from "#test/support/rollup.ts";
import { type Open, opened, type Opened } from "./opened.ts";

const NO_FINDINGS: Pick<FindingStore, "inOrder"> = { inOrder: () => [] };

/** Two days of an identity with a surge at noon of the second, beside nine models of another. */
const ROLLUPS = [
  ...Array.from({ length: 48 }, (_, i) =>
    rollup({ start: NOON - DAY + i * HOUR, cost: i === 24 ? 5_000_000_000_001n : 1_000n }),
  ),
  ...Array.from({ length: 9 }, (_, i) =>
    rollup({
      identity: "svc-other",
      model: `m${i}`,
      start: NOON - 3 * HOUR + i * 17 * MINUTE,
      cost: BigInt(i) * 1_000_000_000_000n,
    }),
  ),
  rollup({ identity: "svc-other", model: "_none", tenant: "globex", cost: 7n }),
];

const BANDS = Array.from({ length: 25 }, (_, i): BandPoint => {
  const start = NOON - DAY + i * HOUR;
  const band = { observed: 1_000, expected: 900.4, low: 0, high: 2_000, samples: i };
  return { tenant: "acme", identity: "svc-chat", metric: "cost_pico", start, ...band };
});

const day = { from: NOON - DAY, to: NOON + DAY };
const request: TimelineRequest = { tenants: ["acme"], metric: "cost", ...day };

/** What every store's timelines look like, as the API tells them. */
export function describeTimeline(name: string, open: Open<Opened<SeriesStore>>): void {
  describe(`the timeline over ${name}`, () => {
    const ask = async (more: Partial<TimelineRequest>): Promise<TimelineReport> => {
      const { port } = await opened(open);
      await port.writeRollups(ROLLUPS);
      await port.writeBands(BANDS);
      const report = await createTimeline(port, NO_FINDINGS, () => NOON)({ ...request, ...more });
      return TimelineReport.parse(report);
    };

    it("splits into the largest seven and what they leave, exactly", async () => {
      const { series } = await ask({ identity: "svc-other", by: "model", step: HOUR });
      const names = series.map(({ kind, value }) => value ?? kind);
      expect(names).toEqual(["m8", "m7", "m6", "m5", "m4", "m3", "m2", "other"]);
      expect(series.at(-1)!.total).toMatchObject({ cost: "1", calls: 6 });
      for (const { total, points } of series) {
        const sum = points.reduce((cost, point) => cost + parseUsd(point.cost)!, 0n);
        expect(sum).toBe(parseUsd(total.cost));
      }
    });

    it("splits by the metric asked for", async () => {
      const { series } = await ask({ by: "identity", metric: "calls" });
      expect(series.map(({ value, total }) => [value, total.calls])).toEqual([
        ["svc-chat", 144],
        ["svc-other", 27],
      ]);
    });

    it("splits over tenants, and knows usage that names nothing", async () => {
      const { series } = await ask({ tenants: null, identity: "svc-other", by: "tenant" });
      expect(series.map(({ value }) => value)).toEqual(["acme", "globex"]);
      const unnamed = await ask({ tenants: ["globex"], by: "model" });
      expect(unnamed.series.map(({ value, kind }) => [kind, value])).toEqual([["value", null]]);
    });

    it("has one series without a split, of at most 500 points", async () => {
      const { series, step_ms, by } = await ask({});
      expect({ step_ms, by, kinds: series.map(({ kind }) => kind) }).toEqual({
        step_ms: 15 * MINUTE,
        by: null,
        kinds: ["all"],
      });
    });

    it("has the band of one identity, found through its only tenant too", async () => {
      const { band } = await ask({ identity: "svc-chat" });
      expect(band?.points[3]).toEqual({
        start: formatTime(NOON - DAY + 3 * HOUR),
        expected: "0.0000000009",
        low: "0",
        high: "0.000000002",
        samples: 3,
      });
      expect((await ask({ identity: "svc-chat", tenants: null })).band).toEqual(band);
      expect((await ask({ identity: "svc-chat", metric: "tokens" })).band).toBeNull();
      expect((await ask({ identity: "svc-chat", model: "x" })).band).toBeNull();
      expect((await ask({ tenants: null, identity: "svc-other" })).band).toBeNull();
      expect((await ask({})).band).toBeNull();
    });

    it("sets a window against the band, to the picodollar", async () => {
      const window = { from: NOON, to: NOON + 90 * MINUTE };
      const { window: report } = await ask({ identity: "svc-chat", window, by: "model" });
      // Two hours had usage: the first whole, of the second a half, whose band is that of the hour before.
      expect(report).toMatchObject({
        basis: "band",
        expected: "0.00000000135",
        upper: "0.000000003",
        excess: "4.999999999651",
      });
      const { before, inside, after } = report!;
      expect(inside.total.cost).toBe("5.000000001001");
      expect([before.total.calls, inside.total.calls, after.total.calls]).toEqual([72, 6, 66]);
      expect(inside.split.map(({ value }) => value)).toEqual(["claude-sonnet-4-5"]);
    });

    it("sets a window without a band against the rate before it", async () => {
      const window = { from: NOON, to: NOON + 12 * HOUR };
      const { window: report } = await ask({ team: "assist", identity: "svc-chat", window });
      expect(report).toMatchObject({ basis: "before", upper: null, expected: "0.000000012" });
      const first = await ask({ team: "assist", window: { from: NOON - DAY, to: NOON } });
      expect(first.window).toMatchObject({ basis: "none", expected: null, excess: null });
    });

    it("says the same as a store in memory", async () => {
      const { port } = await opened(open);
      const memory = createMemorySeriesStore();
      const requests: Partial<TimelineRequest>[] = [
        { by: "model", step: 15 * MINUTE },
        { by: "identity", metric: "tokens", step: 6 * HOUR, tenants: null },
        { by: "team", from: NOON - 11 * MINUTE, to: NOON + 7 * HOUR },
        { identity: "svc-chat", by: "credential", window: { from: NOON, to: NOON + HOUR } },
      ];
      const reports = [];
      for (const store of [port, memory]) {
        await store.writeRollups(ROLLUPS);
        await store.writeBands(BANDS);
        const timeline = createTimeline(store, NO_FINDINGS, () => NOON);
        const answers = requests.map((more) => timeline({ ...request, ...more }));
        reports.push(await Promise.all(answers));
      }
      expect(reports[0]).toEqual(reports[1]);
    });

    it("refuses more points than anybody draws, and a range that is none", async () => {
      await expect(ask({ step: MINUTE })).rejects.toMatchObject({ code: "MH_API_BAD_REQUEST" });
      await expect(ask({ to: day.from })).rejects.toMatchObject({ code: "MH_API_BAD_REQUEST" });
    });
  });
}

import { describe, expect, it } from "vitest";
import type { BandPoint } from "#core/pipeline/outputs.ts";
import type { Rollup } from "#core/pipeline/rollup.ts";
import type { SeriesStore } from "#core/ports/series-store.ts";
import { DAY, HOUR, MINUTE } from "#core/time.ts";
import { NOON, rollup } from "#test/support/rollup.ts";
import { HOSTILE_STRINGS } from "./hostile-strings.ts";
import { notVerified, type Open, opened, type Opened } from "./opened.ts";

const MAX_BIGINT = 9_223_372_036_854_775_807n;

function band(overrides: Partial<BandPoint> = {}): BandPoint {
  return {
    tenant: "acme",
    identity: "svc-chat",
    metric: "calls",
    start: NOON,
    observed: 120,
    expected: 100.5,
    low: 80.25,
    high: 140,
    samples: 6,
    ...overrides,
  };
}

const day = { from: NOON - DAY, to: NOON + DAY };

/** What an adapter cannot do, said aloud. */
interface Limits {
  /** The most that one window may cost. */
  largestCost?: bigint;
}

/** What every series store promises. */
export function describeSeriesStore(
  name: string,
  open: Open<Opened<SeriesStore>>,
  { largestCost = 10_000_000n * MAX_BIGINT }: Limits = {},
): void {
  describe(`series store: ${name}`, () => {
    describeRollups(open);
    describeTimelines(open, largestCost);
    describeBands(open);

    it("keeps series across a reopen", async (test) => {
      const { port, reopen } = await opened(open);
      if (!reopen) return test.skip(notVerified(`series-store/${name}`, "durability, it has none"));
      await port.writeRollups([rollup()]);
      await port.writeBands([band()]);
      const again = await reopen();
      await again.writeRollups([rollup({ start: NOON + MINUTE })]);
      expect(await again.rollups(day.from, day.to)).toHaveLength(2);
      expect(await again.bands("acme", "svc-chat", day.from, day.to)).toEqual([band()]);
    });
  });
}

function describeRollups(open: Open<Opened<SeriesStore>>): void {
  it("gives rollups back as they were written, by start then key", async () => {
    const { port } = await opened(open);
    const rows = [
      rollup({ identity: "a" }),
      rollup({ identity: "b", credential: "fp-1" }),
      rollup({ identity: "b", credential: "fp-2" }),
      rollup({ identity: "b", credential: "fp-2", segment: 77 }),
      rollup({ identity: "a", start: NOON + MINUTE }),
    ];
    await port.writeRollups(rows.toReversed());
    expect(await port.rollups(NOON, NOON + 2 * MINUTE)).toEqual(rows);
    expect(await port.rollups(NOON, NOON + MINUTE)).toEqual(rows.slice(0, 4));
  });

  it("replaces a window that is written again, also within one batch", async () => {
    const { port } = await opened(open);
    await port.writeRollups([rollup({ calls: 1, cost: 1n }), rollup({ identity: "other" })]);
    await port.writeRollups([rollup({ calls: 2, cost: 2n }), rollup({ calls: 5, cost: 5n })]);
    expect(await port.rollups(day.from, day.to)).toEqual([
      rollup({ identity: "other" }),
      rollup({ calls: 5, cost: 5n }),
    ]);
  });

  it("does not follow a window the fold goes on counting in", async () => {
    const { port } = await opened(open);
    const counting = rollup();
    await port.writeRollups([counting]);
    counting.calls = 99;
    expect(await port.rollups(day.from, day.to)).toEqual([rollup()]);
  });

  it.each([20, 5_000])("takes %i windows at once, again and again", async (count) => {
    const { port } = await opened(open);
    const windows = (calls: number): Rollup[] =>
      Array.from({ length: count }, (_, i) => rollup({ start: NOON + i * MINUTE, calls }));
    await port.writeRollups(windows(1));
    await port.writeRollups(windows(2));
    expect(await port.rollups(NOON, NOON + count * MINUTE)).toEqual(windows(2));
  });

  it("keeps writers apart that write at the same time", async () => {
    const { port } = await opened(open);
    await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        port.writeRollups([rollup({ identity: `i${i}` }), rollup({ calls: i })]),
      ),
    );
    expect(await port.rollups(day.from, day.to)).toHaveLength(13);
  });

  it("gives hostile strings back as they are, each a key of its own", async () => {
    const { port } = await opened(open);
    const rows = HOSTILE_STRINGS.map((text) =>
      rollup({ tenant: text, identity: text, credential: text, model: text, team: text }),
    );
    await port.writeRollups(rows);
    const found = await port.rollups(day.from, day.to);
    expect(new Set(found.map(({ tenant }) => tenant))).toEqual(new Set(HOSTILE_STRINGS));
    expect(found).toHaveLength(rows.length);
    for (const text of HOSTILE_STRINGS) {
      const where = { identity: text, credential: text, model: text, team: text };
      const points = await port.timeline({ tenant: text, where, ...day, step: HOUR });
      expect(points).toEqual([{ start: NOON, calls: 3, cost: 18_000_000_000n, unpriced_calls: 0 }]);
    }
  });

  it("takes a batch of nothing", async () => {
    const { port } = await opened(open);
    await port.writeRollups([]);
    await port.writeBands([]);
    expect(await port.rollups(day.from, day.to)).toEqual([]);
  });
}

function describeTimelines(open: Open<Opened<SeriesStore>>, largestCost: bigint): void {
  it("sums over keys and segments per step, leaving out steps without usage", async () => {
    const { port } = await opened(open);
    await port.writeRollups([
      rollup({ calls: 1, cost: 1n }),
      rollup({ calls: 2, cost: 2n, segment: 9, unpriced_calls: 1 }),
      rollup({ calls: 4, cost: 4n, start: NOON + 14 * MINUTE, model: "other" }),
      rollup({ calls: 8, cost: 8n, start: NOON + 45 * MINUTE }),
    ]);
    expect(await port.timeline({ tenant: "acme", where: {}, ...day, step: 15 * MINUTE })).toEqual([
      { start: NOON, calls: 7, cost: 7n, unpriced_calls: 1 },
      { start: NOON + 45 * MINUTE, calls: 8, cost: 8n, unpriced_calls: 0 },
    ]);
  });

  it("lays its steps on whole multiples of the step, wherever the range begins", async () => {
    const { port } = await opened(open);
    await port.writeRollups([rollup({ start: NOON + 40 * MINUTE })]);
    const range = { from: NOON + 30 * MINUTE, to: NOON + DAY };
    const points = await port.timeline({ tenant: "acme", where: {}, ...range, step: HOUR });
    expect(points.map(({ start }) => start)).toEqual([NOON]);
  });

  it("takes its start and leaves out its end", async () => {
    const { port } = await opened(open);
    const starts = [NOON - MINUTE, NOON, NOON + MINUTE, NOON + 2 * MINUTE];
    await port.writeRollups(starts.map((start) => rollup({ start })));
    const range = { from: NOON, to: NOON + 2 * MINUTE };
    const points = await port.timeline({ tenant: "acme", where: {}, ...range, step: MINUTE });
    expect(points.map(({ start }) => start)).toEqual([NOON, NOON + MINUTE]);
  });

  it.each(["identity", "credential", "model", "team"] as const)("narrows by %s", async (field) => {
    const { port } = await opened(open);
    await port.writeRollups([rollup({ [field]: "wanted", calls: 1 }), rollup({ calls: 7 })]);
    const where = { [field]: "wanted" };
    const points = await port.timeline({ tenant: "acme", where, ...day, step: HOUR });
    expect(points.map(({ calls }) => calls)).toEqual([1]);
  });

  it("narrows by several at once", async () => {
    const { port } = await opened(open);
    await port.writeRollups([
      rollup({ team: "a", model: "m", calls: 1 }),
      rollup({ team: "a", model: "n", calls: 2 }),
      rollup({ team: "b", model: "m", calls: 4 }),
    ]);
    const where = { team: "a", model: "m" };
    const points = await port.timeline({ tenant: "acme", where, ...day, step: HOUR });
    expect(points.map(({ calls }) => calls)).toEqual([1]);
  });

  it("never mixes tenants", async () => {
    const { port } = await opened(open);
    await port.writeRollups([rollup({ calls: 1 }), rollup({ tenant: "other", calls: 7 })]);
    await port.writeBands([band(), band({ tenant: "other", observed: 7 })]);
    for (const tenant of ["acme' OR '1'='1", "%", "", "ACME", "acme "]) {
      expect(await port.timeline({ tenant, where: {}, ...day, step: HOUR })).toEqual([]);
      expect(await port.bands(tenant, "svc-chat", day.from, day.to)).toEqual([]);
    }
    const [point] = await port.timeline({ tenant: "acme", where: {}, ...day, step: HOUR });
    expect(point?.calls).toBe(1);
    expect(await port.bands("acme", "svc-chat", day.from, day.to)).toEqual([band()]);
  });

  it("adds money exactly, far beyond 64 bits", async () => {
    const { port } = await opened(open);
    const costs = [MAX_BIGINT, MAX_BIGINT, largestCost, -1n, 1n];
    await port.writeRollups(costs.map((cost, i) => rollup({ identity: `i${i}`, cost })));
    const found = await port.rollups(day.from, day.to);
    expect(found.map(({ cost }) => cost)).toEqual(costs);
    const [point] = await port.timeline({ tenant: "acme", where: {}, ...day, step: HOUR });
    expect(point?.cost).toBe(2n * MAX_BIGINT + largestCost);
  });
}

function describeBands(open: Open<Opened<SeriesStore>>): void {
  it("gives the band of one identity back, ascending, each hour as last written", async () => {
    const { port } = await opened(open);
    const hours = [0, 1, 2].map((i) => band({ start: NOON + i * HOUR, observed: i + 0.1 }));
    await port.writeBands([...hours.toReversed(), band({ identity: "other" })]);
    await port.writeBands([band({ start: NOON + HOUR, observed: 55 })]);
    expect(await port.bands("acme", "svc-chat", NOON, NOON + 2 * HOUR)).toEqual([
      hours[0],
      band({ start: NOON + HOUR, observed: 55 }),
    ]);
  });

  it("keeps calls and cost of an hour apart", async () => {
    const { port } = await opened(open);
    const points = [band(), band({ metric: "cost_pico", observed: 1.5e15, high: 1e300 })];
    await port.writeBands(points);
    expect(await port.bands("acme", "svc-chat", day.from, day.to)).toEqual(points);
  });
}

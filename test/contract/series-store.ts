import { describe, expect, it } from "vitest";
import type { BandPoint } from "#core/pipeline/outputs.ts";
import type { Rollup } from "#core/pipeline/rollup.ts";
import type { SeriesStore, SeriesSums } from "#core/ports/series-store.ts";
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
const acme = { tenants: ["acme"], where: {}, by: [] };

/** What so many of the usual windows add up to. */
function usage(windows = 1): SeriesSums {
  const { calls, errors, input_tokens, output_tokens, cost, unpriced_calls } = rollup();
  return {
    calls: windows * calls,
    errors: windows * errors,
    input_tokens: windows * input_tokens,
    output_tokens: windows * output_tokens,
    cost: BigInt(windows) * cost,
    unpriced_calls,
  };
}

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
      const where = { identity: [text], credential: [text], model: [text], team: [text] };
      const points = await port.timeline({ tenants: [text], where, by: [], ...day, step: HOUR });
      expect(points).toEqual([{ ...usage(), start: NOON, key: [] }]);
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
    expect(await port.timeline({ ...acme, ...day, step: 15 * MINUTE })).toEqual([
      { ...usage(3), start: NOON, key: [], calls: 7, cost: 7n, unpriced_calls: 1 },
      { ...usage(), start: NOON + 45 * MINUTE, key: [], calls: 8, cost: 8n },
    ]);
  });

  it("lays its steps on whole multiples of the step, wherever the range begins", async () => {
    const { port } = await opened(open);
    await port.writeRollups([rollup({ start: NOON + 40 * MINUTE })]);
    const range = { from: NOON + 30 * MINUTE, to: NOON + DAY };
    const points = await port.timeline({ ...acme, ...range, step: HOUR });
    expect(points.map(({ start }) => start)).toEqual([NOON]);
  });

  it("takes its start and leaves out its end", async () => {
    const { port } = await opened(open);
    const starts = [NOON - MINUTE, NOON, NOON + MINUTE, NOON + 2 * MINUTE];
    await port.writeRollups(starts.map((start) => rollup({ start })));
    const range = { from: NOON, to: NOON + 2 * MINUTE };
    const points = await port.timeline({ ...acme, ...range, step: MINUTE });
    expect(points.map(({ start }) => start)).toEqual([NOON, NOON + MINUTE]);
  });

  it.each(["identity", "credential", "model", "team"] as const)("narrows by %s", async (field) => {
    const { port } = await opened(open);
    await port.writeRollups([rollup({ [field]: "wanted", calls: 1 }), rollup({ calls: 7 })]);
    const where = { [field]: ["wanted"] };
    const points = await port.timeline({ ...acme, where, ...day, step: HOUR });
    expect(points.map(({ calls }) => calls)).toEqual([1]);
  });

  it("keeps the values of a dimension apart, by step then value", async () => {
    const { port } = await opened(open);
    await port.writeRollups([
      rollup({ model: "b", calls: 1 }),
      rollup({ model: "b", calls: 2, identity: "other" }),
      rollup({ model: "a", calls: 4 }),
      rollup({ model: "a", calls: 8, start: NOON + HOUR }),
    ]);
    const points = await port.timeline({ ...acme, by: ["model"], ...day, step: HOUR });
    expect(points.map(({ start, key, calls }) => [start, key, calls])).toEqual([
      [NOON, ["a"], 4],
      [NOON, ["b"], 3],
      [NOON + HOUR, ["a"], 8],
    ]);
  });

  it("narrows to any of several values, and to nothing by none", async () => {
    const { port } = await opened(open);
    const models = ["a", "b", "c"];
    await port.writeRollups(models.map((model, i) => rollup({ model, calls: 1 << i })));
    const ask = (model: string[]) =>
      port.timeline({ ...acme, where: { model }, ...day, step: HOUR });
    expect((await ask(["a", "c"])).map(({ calls }) => calls)).toEqual([5]);
    expect(await ask([])).toEqual([]);
    expect(await port.totals({ ...acme, where: { model: [] }, ...day })).toEqual([]);
    expect(await port.totals({ ...acme, tenants: [], ...day })).toEqual([]);
  });

  it("sums several tenants, or all of them", async () => {
    const { port } = await opened(open);
    const tenants = ["a", "b", "c"];
    await port.writeRollups(tenants.map((tenant, i) => rollup({ tenant, calls: 1 << i })));
    const callsOf = async (asked: string[] | null) =>
      (await port.totals({ ...acme, tenants: asked, ...day })).map(({ calls }) => calls);
    expect(await callsOf(["a", "c"])).toEqual([5]);
    expect(await callsOf(null)).toEqual([7]);
  });

  it("narrows by several at once", async () => {
    const { port } = await opened(open);
    await port.writeRollups([
      rollup({ team: "a", model: "m", calls: 1 }),
      rollup({ team: "a", model: "n", calls: 2 }),
      rollup({ team: "b", model: "m", calls: 4 }),
    ]);
    const where = { team: ["a"], model: ["m"] };
    const points = await port.timeline({ ...acme, where, ...day, step: HOUR });
    expect(points.map(({ calls }) => calls)).toEqual([1]);
  });

  it("adds up a range by key, and says when each was last called", async () => {
    const { port } = await opened(open);
    await port.writeRollups([
      rollup({ identity: "a", team: "x" }),
      rollup({ identity: "a", team: "x", start: NOON + 2 * DAY + 90 * MINUTE }),
      rollup({ identity: "a", team: "y", model: "other", segment: 9 }),
      rollup({ identity: "b", team: "x", start: NOON - 7 * MINUTE }),
      rollup({ identity: "b", team: "x", start: NOON + HOUR, calls: 0, cost: 0n }),
      rollup({ identity: "b", team: "x", start: NOON + 4 * DAY }),
    ]);
    const range = { from: NOON - 10 * MINUTE, to: NOON + 4 * DAY };
    expect(await port.totals({ ...acme, by: ["identity", "team"], ...range })).toEqual([
      { ...usage(2), key: ["a", "x"], last: NOON + 2 * DAY + 90 * MINUTE },
      { ...usage(), key: ["a", "y"], last: NOON },
      { ...usage(2), key: ["b", "x"], last: NOON - 7 * MINUTE, calls: 3, cost: usage().cost },
    ]);
    const [all] = await port.totals({ ...acme, ...range });
    expect(all).toMatchObject({ key: [], calls: 12, cost: 4n * usage().cost });
    expect(await port.totals({ ...acme, from: NOON + 9 * DAY, to: NOON + 10 * DAY })).toEqual([]);
  });

  it("gives the same sums as totals and as the points of a timeline", async () => {
    const { port } = await opened(open);
    const rows = Array.from({ length: 60 }, (_, i) =>
      rollup({ model: `m${i % 3}`, start: NOON + i * 37 * MINUTE, cost: BigInt(i) }),
    );
    await port.writeRollups(rows);
    const range = { from: NOON + 21 * MINUTE, to: NOON + 31 * HOUR + 7 * MINUTE };
    const totals = await port.totals({ ...acme, by: ["model"], ...range });
    for (const step of [5 * MINUTE, HOUR, 6 * HOUR]) {
      const points = await port.timeline({ ...acme, by: ["model"], ...range, step });
      for (const { key, cost, calls } of totals) {
        const own = points.filter((point) => point.key[0] === key[0]);
        expect(own.reduce((sum, point) => sum + point.cost, 0n)).toBe(cost);
        expect(own.reduce((sum, point) => sum + point.calls, 0)).toBe(calls);
      }
    }
  });

  it("never mixes tenants", async () => {
    const { port } = await opened(open);
    await port.writeRollups([rollup({ calls: 1 }), rollup({ tenant: "other", calls: 7 })]);
    await port.writeBands([band(), band({ tenant: "other", observed: 7 })]);
    for (const tenant of ["acme' OR '1'='1", "%", "", "ACME", "acme "]) {
      expect(await port.timeline({ ...acme, tenants: [tenant], ...day, step: HOUR })).toEqual([]);
      expect(await port.bands(tenant, "svc-chat", day.from, day.to)).toEqual([]);
    }
    const [point] = await port.timeline({ ...acme, ...day, step: HOUR });
    expect(point?.calls).toBe(1);
    expect(await port.bands("acme", "svc-chat", day.from, day.to)).toEqual([band()]);
  });

  it("adds money exactly, far beyond 64 bits", async () => {
    const { port } = await opened(open);
    const costs = [MAX_BIGINT, MAX_BIGINT, largestCost, -1n, 1n];
    await port.writeRollups(costs.map((cost, i) => rollup({ identity: `i${i}`, cost })));
    const found = await port.rollups(day.from, day.to);
    expect(found.map(({ cost }) => cost)).toEqual(costs);
    const [point] = await port.timeline({ ...acme, ...day, step: HOUR });
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

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Observed } from "#core/detector.ts";
import { DAY, type EventTime, HOUR, SECOND } from "#core/time.ts";
import { runawayAgent } from "#detectors/runaway-agent.ts";
import { costOfAll, driveDetector, signalsOf, sumOf } from "#test/support/drive-detector.ts";
import { observedAt, START } from "#test/support/observed.ts";

const CEILINGS = {
  ceilings: [
    { level: "soft", calls: 3, within: "10s" },
    { level: "soft", calls: 8, within: "60s" },
    { level: "hard", calls: 6, within: "10s" },
  ],
};

const call = (offset: EventTime): Observed =>
  observedAt(START + offset, { flow: { session: "s1" } });
const calls = (...offsets: EventTime[]): Observed[] => offsets.map(call);
const every = (gap: EventTime, n: number): Observed[] =>
  Array.from({ length: n }, (_, i) => call(i * gap));
const found = (stream: readonly Observed[]) => signalsOf(runawayAgent, stream, CEILINGS);

describe("runaway agent", () => {
  it.each<[string, Observed[], number | null]>([
    ["exactly at the ceiling", calls(0, 1, 2), null],
    ["one call above", calls(0, 1, 2, 3), 3],
    ["one above, the window just full", calls(0, 1, 2, 10 * SECOND - 1), 3],
    ["one above, just outside the window", calls(0, 1, 2, 10 * SECOND), null],
    ["one above in a later window", calls(0, 9 * SECOND, 15 * SECOND, 16 * SECOND, 17 * SECOND), 4],
    ["the slower ceiling, at its limit", every(7 * SECOND, 8), null],
    ["the slower ceiling, one above", every(7 * SECOND, 9), 8],
    ["all at one moment", calls(0, 0, 0, 0), 3],
    ["a pace below every ceiling", every(8 * SECOND, 500), null],
  ])("is judged %s", (_, stream, index) => {
    expect(found(stream)[0]?.index ?? null).toBe(index);
  });

  it("brings the whole flow first, then each call, and what the ceiling would cost at the mean so far", () => {
    const stream = [call(-HOUR), ...every(SECOND, 6)].map((o, i) => ({
      ...o,
      cost: BigInt(i + 1),
    }));
    const [first, ...rest] = found(stream);
    expect(first).toMatchObject({
      index: 4,
      since: START - HOUR,
      calls: 5,
      observed: 15n,
      expected: 9n,
      eventIds: [stream[0]!.event.id, stream[4]!.event.id],
      entity: { type: "flow", id: "s1" },
      facts: { level: "soft", window: 10, observed: 4, expected: 3, flow_calls: 5 },
    });
    expect(rest).toMatchObject([
      { calls: 1, observed: 6n, expected: 2n, since: stream[5]!.at },
      { calls: 1, observed: 7n, expected: 1n, since: stream[6]!.at },
    ]);
  });

  it("goes on to the hard ceiling and does not come back", () => {
    const stream = [...every(SECOND, 7), call(HOUR)];
    const levels = found(stream).map(({ facts, score }) => [facts["level"], score]);
    expect(levels).toEqual([
      ["soft", 0.6],
      ["soft", 0.6],
      ["soft", 0.6],
      ["hard", 0.9],
      ["hard", 0.9],
    ]);
    expect(found(stream).at(-1)?.facts).toMatchObject({ expected: 6, observed: 7, flow_calls: 8 });
  });

  it("tells the busiest window seen so far", () => {
    const stream = [
      ...every(2 * SECOND, 4),
      ...calls(20, 21, 22, 23, 24).map((o) => ({ ...o, at: o.at + HOUR })),
    ];
    expect(found(stream).map(({ facts }) => facts["observed"])).toEqual([4, 4, 4, 4, 4, 5]);
  });

  it("adds up to the cost of the flow, whatever its prices", () => {
    const cost = fc.option(fc.bigInt({ min: -5n, max: 10n ** 12n }), { nil: null });
    fc.assert(
      fc.property(fc.array(cost, { minLength: 4, maxLength: 60 }), (costs) => {
        const stream = costs.map((price, i) => ({ ...call(i * SECOND), cost: price }));
        const { calls: n, observed, unpriced } = sumOf(found(stream));
        expect({ n, observed, unpriced }).toEqual({
          n: stream.length,
          observed: costOfAll(stream),
          unpriced: costs.filter((price) => price === null).length,
        });
      }),
      { numRuns: 100 },
    );
  });

  it("expects the ceiling at the flow's own mean, so that the excess is never below zero", () => {
    const cost = fc.option(fc.bigInt({ min: 0n, max: 10n ** 12n }), { nil: null });
    fc.assert(
      fc.property(fc.array(cost, { minLength: 4, maxLength: 10 }), (costs) => {
        const [first] = found(costs.map((price, i) => ({ ...call(i), cost: price })));
        const mean = costOfAll(costs.slice(0, 4).map((price, i) => ({ ...call(i), cost: price })));
        expect(Number(first!.expected)).toBeCloseTo((Number(mean) / 4) * 3, -1);
        expect((first!.observed ?? 0n) - first!.expected).toBeGreaterThanOrEqual(0n);
      }),
    );
  });

  it("is unpriced where no call has a price", () => {
    const stream = every(1, 4).map((o) => ({ ...o, cost: null }));
    expect(found(stream)[0]).toMatchObject({ observed: null, expected: 0n, unpriced: 4 });
  });

  it.each([
    ["outside any flow", { ...call(0), flow: null }],
    ["of declared batch work", observedAt(START, { model: { service_tier: "batch" } })],
  ])("does not look at a call %s", (_, observed) => {
    expect(runawayAgent.key(observed, {})).toBeNull();
  });

  it("keeps flows apart and joins the agents of one", () => {
    const flows = ["a", "b", "c", "d"].map((session, i) =>
      observedAt(START + i, { flow: { session } }),
    );
    expect(found(flows)).toEqual([]);
    const agents = ["a", "b", "c", "d"].map((agent, i) =>
      observedAt(START + i, { flow: { session: "s", agent } }),
    );
    expect(found(agents)).toHaveLength(1);
  });

  it("agrees with a count by hand at every call", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(6 * SECOND), { maxLength: 40 }), (gaps) => {
        let time = 0;
        const offsets = gaps.map((gap) => (time += gap));
        const first = offsets.findIndex((_, i) => isAbove(offsets.slice(0, i + 1)));
        expect(found(calls(...offsets))[0]?.index ?? -1).toBe(first);
      }),
      { numRuns: 200 },
    );
  });

  it("finds late what came out of order, to the same end", () => {
    const offset = fc.nat(40 * SECOND);
    fc.assert(
      fc.property(fc.array(offset, { minLength: 4, maxLength: 8 }), (offsets) => {
        const level = (order: readonly EventTime[]) =>
          found(calls(...order)).at(-1)?.facts["level"];
        expect(level(offsets)).toBe(level(offsets.toSorted((a, b) => a - b)));
      }),
      { numRuns: 200 },
    );
  });

  it("may be forgotten after a day, a few calls after an hour", () => {
    const drive = driveDetector(runawayAgent, CEILINGS);
    const isIdle = (at: EventTime): boolean =>
      runawayAgent.idle([...drive.states.values()][0], at, CEILINGS);
    for (let i = 0; i < 10; i++) drive.feed(call(0));
    expect([isIdle(START + HOUR), isIdle(START + HOUR + 1)]).toEqual([false, true]);
    drive.feed(call(0));
    expect([isIdle(START + DAY), isIdle(START + DAY + 1)]).toEqual([false, true]);
  });
});

/** More calls than a ceiling allows in a window that ends with the newest call. */
function isAbove(offsets: readonly EventTime[]): boolean {
  const newest = offsets.at(-1)!;
  const within = (seconds: number): number =>
    offsets.filter((offset) => newest - offset < seconds * SECOND).length;
  return within(10) > 3 || within(60) > 8;
}

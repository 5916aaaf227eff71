import { describe, expect, it } from "vitest";
import type { Observed } from "#core/detector.ts";
import { PICO_PER_USD } from "#core/money.ts";
import { DAY, type EventTime, HOUR, MINUTE } from "#core/time.ts";
import { usageAnomaly } from "#detectors/usage-anomaly.ts";
import { costOfAll, driveDetector, signalsOf, sumOf } from "#test/support/drive-detector.ts";
import { observedAt, START } from "#test/support/observed.ts";

const PARAMS = {
  sustained: 1.2,
  sudden: 5,
  window: 3,
  min_days: 1,
  min_active_hours: 24,
  sparse: 2,
  sparse_hours: 4,
  cold_calls_hour: 100,
  cold_usd_hour: 100,
};
const CENT = PICO_PER_USD / 100n;

/** Calls of one hour, spread evenly, a cent each unless the test says otherwise. */
function hour(n: number, calls: number, cost: bigint | null = CENT): Observed[] {
  const gap = Math.floor(HOUR / (calls + 1));
  return Array.from({ length: calls }, (_, i) => ({
    ...observedAt(START + n * HOUR + i * gap),
    cost,
  }));
}

/** Hours of 100 calls from the start, a dollar an hour. */
const history = (hours: number): Observed[] =>
  Array.from({ length: hours }, (_, i) => hour(i, 100)).flat();
/** The first hour after a history of 36, of which the last five are not learned yet. */
const NOW = 36;
const signals = (stream: readonly Observed[]) => signalsOf(usageAnomaly, stream, PARAMS);

describe("usage anomaly with an own history", () => {
  const after = (...hours: Observed[][]) => signals([...history(NOW), ...hours.flat()]);

  it.each<[string, Observed[][], string | null]>([
    ["two hours at 1.2 times the peak", [hour(NOW, 120), hour(NOW + 1, 120)], null],
    ["two hours just above", [hour(NOW, 121), hour(NOW + 1, 121)], "two_hours"],
    ["one hour above, then one below", [hour(NOW, 400), hour(NOW + 1, 120)], null],
    ["one hour below, then one above", [hour(NOW, 120), hour(NOW + 1, 400)], null],
    ["two hours above that are not neighbours", [hour(NOW, 400), hour(NOW + 2, 400)], null],
    ["one hour at five times the peak", [hour(NOW, 500)], null],
    ["one hour just above five times", [hour(NOW, 501)], "one_hour"],
    [
      "as many calls at a higher price, for two hours",
      [hour(NOW, 100, 2n * CENT), hour(NOW + 1, 100, 2n * CENT)],
      "two_hours",
    ],
    ["as many calls at six times the price, for one", [hour(NOW, 100, 6n * CENT)], "one_hour"],
    ["few calls at any price", [hour(NOW, 19, 100n * CENT), hour(NOW + 1, 19, 100n * CENT)], null],
    ["enough calls at that price", [hour(NOW, 20, 100n * CENT)], "one_hour"],
  ])("judges %s", (_, hours, reason) => {
    expect(after(...hours)[0]?.reason ?? null).toBe(reason);
  });

  it("brings both hours when it begins, each allowed what the band allows", () => {
    const hours = [hour(NOW, 150), hour(NOW + 1, 150)];
    const found = after(...hours);
    expect(found[0]).toMatchObject({
      index: history(NOW).length + 150 + 120,
      since: START + NOW * HOUR,
      calls: 271,
      observed: 271n * CENT,
      expected: 240n * CENT,
      entity: { type: "identity", id: "svc-chat" },
      facts: {
        metric: "calls",
        window: 7_200,
        observed: 121,
        expected: 120,
        ratio: 1.21,
        band: { low: 0, high: 120 },
        baseline: { source: "own", n: 32, peak: 100, mean: 100 },
      },
    });
    expect(found[0]!.facts["rarity"]).toBeCloseTo(1 / 33, 12);
    expect(sumOf(found)).toEqual({
      calls: 300,
      observed: costOfAll(hours.flat()),
      expected: 240n * CENT,
      unpriced: 0,
    });
  });

  it("adds each further hour with what one hour allows", () => {
    const hours = [hour(NOW, 150), hour(NOW + 1, 150), hour(NOW + 2, 150), hour(NOW + 3, 130)];
    expect(sumOf(after(...hours))).toEqual({
      calls: 580,
      observed: costOfAll(hours.flat()),
      expected: 480n * CENT,
      unpriced: 0,
    });
  });

  it("brings one hour where a single one is enough", () => {
    const [first] = after(hour(NOW, 501));
    expect(first).toMatchObject({
      since: START + NOW * HOUR,
      calls: 501,
      expected: 120n * CENT,
      facts: { window: 3_600, observed: 501, expected: 500, ratio: 5.01 },
    });
  });

  it("does not bring an hour again that a sudden excess has brought", () => {
    const hours = [hour(NOW, 600), hour(NOW + 1, 600)];
    expect(sumOf(after(...hours)).calls).toBe(1_200);
  });

  it("names the metric that is further above its limit", () => {
    expect(after(hour(NOW, 501, 3n * CENT))[0]?.facts["metric"]).toBe("spend");
    expect(after(hour(NOW, 501)).at(-1)?.facts["metric"]).toBe("calls");
    const facts = after(hour(NOW, 100, 6n * CENT)).at(-1)?.facts;
    expect(facts).toMatchObject({ metric: "spend", expected: 5, baseline: { peak: 1, mean: 1 } });
    expect(facts?.["observed"]).toBeCloseTo(6, 9);
  });

  it("counts calls without a price apart, and is unpriced where none has one", () => {
    const unpriced = [hour(NOW, 150, null), hour(NOW + 1, 150, null)];
    expect(after(...unpriced)[0]).toMatchObject({ observed: null, unpriced: 271, calls: 271 });
    expect(sumOf(after(...unpriced))).toMatchObject({ calls: 300, unpriced: 300, observed: 0n });
    const mixed = [hour(NOW, 150, null), hour(NOW + 1, 150)];
    expect(after(...mixed)[0]).toMatchObject({ observed: 121n * CENT, unpriced: 150 });
  });

  it("adds a late event to the hour before, where that was told", () => {
    const late = { ...observedAt(START + (NOW + 1) * HOUR - MINUTE), cost: CENT };
    const stream = [...history(NOW), ...hour(NOW, 150), ...hour(NOW + 1, 150), late];
    expect(signals(stream).at(-1)).toMatchObject({
      index: stream.length - 1,
      since: late.at,
      calls: 1,
      observed: CENT,
      expected: 0n,
    });
    const quiet = [...history(NOW), ...hour(NOW, 110), ...hour(NOW + 1, 600), late];
    expect(signals(quiet).at(-1)?.index).toBe(quiet.length - 2);
  });

  it("judges an hour again when its last events come late, to the same end", () => {
    const one = [...hour(NOW, 150), ...hour(NOW + 1, 125), ...hour(NOW + 2, 30)];
    const isLate = ({ at }: Observed): boolean =>
      at < START + (NOW + 2) * HOUR && at > START + (NOW + 2) * HOUR - 9 * MINUTE;
    const late = one.filter(isLate);
    expect(late.length).toBeGreaterThan(5);
    const four = [...one.filter((call) => !isLate(call)), ...late];
    const expected = sumOf(after(one));
    expect(expected.calls).toBe(275);
    expect(sumOf(after(four))).toEqual(expected);
  });

  it("tells the largest of the judged hours over the own peak as its level", () => {
    const levels = after(hour(NOW, 400), hour(NOW + 1, 200)).map(({ level }) => level);
    expect(levels[0]).toBe(4);
    expect(after(hour(NOW, 501))[0]?.level).toBe(5.01);
  });

  it("does not know another identity's history", () => {
    const other = hour(NOW, 99).map((o) => ({
      ...o,
      event: { ...o.event, identity: { id: "other" } },
    }));
    expect(after(other)).toEqual([]);
  });
});

describe("usage anomaly without a history", () => {
  it.each<[string, Observed[], string | null]>([
    ["at the ceiling of calls", hour(0, 100), null],
    ["one call above it", hour(0, 101), "cold_ceiling"],
    ["at the ceiling of spend", hour(0, 20, 500n * CENT), null],
    [
      "a cent above it",
      [...hour(0, 20, 500n * CENT), { ...observedAt(START + 59 * MINUTE), cost: CENT }],
      "cold_ceiling",
    ],
  ])("judges %s", (_, stream, reason) => {
    expect(signals(stream)[0]?.reason ?? null).toBe(reason);
  });

  it("trusts the own peak from an age on", () => {
    const reason = (n: number) =>
      signalsOf(usageAnomaly, [...history(n), ...hour(n, 501)], {
        ...PARAMS,
        min_days: 2,
        cold_calls_hour: 200,
      })[0]?.reason;
    expect(reason(47)).toBe("cold_ceiling");
    expect(reason(48)).toBe("one_hour");
  });

  it("says that its expectation is the site's ceiling", () => {
    const [first] = signals(hour(0, 101));
    expect(first).toMatchObject({
      calls: 101,
      expected: 100n * CENT,
      facts: {
        metric: "calls",
        observed: 101,
        expected: 100,
        rarity: null,
        baseline: { source: "ceiling", n: 0 },
      },
    });
  });

  it("refuses a ceiling of no dollars, against which there is no ratio", () => {
    expect(usageAnomaly.params.safeParse({ cold_usd_hour: 0 }).success).toBe(false);
  });
});

describe("usage anomaly over six hours", () => {
  /** Hours of thirty calls, after a burst of one hundred a day earlier. */
  const quiet = (hours: number): Observed[] =>
    Array.from({ length: hours }, (_, i) => hour(i, i === 6 ? 100 : 30)).flat();
  const after = (...calls: number[]) =>
    signalsOf(usageAnomaly, [...quiet(NOW), ...calls.flatMap((count, i) => hour(NOW + i, count))], {
      ...PARAMS,
      window: 2,
    });

  it("sees hours that are each below the own peak and together above any six", () => {
    expect(after(90, 90, 90, 90, 90)).toEqual([]);
    const found = after(90, 90, 90, 90, 90, 90);
    expect(found[0]).toMatchObject({
      reason: "six_hours",
      since: START + NOW * HOUR,
      calls: 501,
      facts: { window: 21_600, observed: 501, expected: 500, ratio: 501 / 250 },
    });
    expect(sumOf(found)).toMatchObject({ calls: 540, observed: 540n * CENT });
  });

  it("allows each hour a sixth of the limit", () => {
    expect(sumOf(after(90, 90, 90, 90, 90, 90)).expected).toBe(500n * CENT);
  });
});

describe("usage anomaly of a sparse identity", () => {
  /** Three hours of thirty calls, two days ago. */
  const past = [0, 1, 2].flatMap((n) => hour(n, 30));
  const after = (...calls: number[]) =>
    signals([...past, ...calls.flatMap((count, i) => hour(48 + i, count))]);

  it.each<[string, number[], boolean]>([
    ["four running hours at twice the peak", [60, 60, 60, 60], false],
    ["four running hours just above", [61, 61, 61, 61], true],
    ["three running hours far above", [99, 99, 99], false],
    ["four with a pause", [61, 61, 0, 61, 61], false],
  ])("judges %s", (_, calls, isFound) => {
    expect(after(...calls)[0]?.reason).toBe(isFound ? "sparse_run" : undefined);
  });

  it("says how little its history is", () => {
    expect(after(70, 80, 90, 61)[0]).toMatchObject({
      since: START + 48 * HOUR,
      calls: 301,
      facts: { window: 14_400, observed: 61, expected: 60, baseline: { source: "sparse", n: 3 } },
    });
  });

  it("is judged by the ceilings where nothing of seven days is left", () => {
    const stream = [...past, ...[0, 1, 2, 3].flatMap((i) => hour(240 + i, 61))];
    expect(signals(stream)).toEqual([]);
  });
});

describe("usage anomaly", () => {
  it("does not look at usage without an identity", () => {
    expect(usageAnomaly.key(observedAt(START, { identity: undefined }), PARAMS)).toBeNull();
  });

  it("may be forgotten eight days after the hour of its last call", () => {
    const drive = driveDetector(usageAnomaly, PARAMS);
    drive.feed(observedAt(START + MINUTE));
    const isIdle = (at: EventTime): boolean =>
      usageAnomaly.idle(drive.states.get("svc-chat"), at, PARAMS);
    expect([isIdle(START + 8 * DAY), isIdle(START + 8 * DAY + 1)]).toEqual([false, true]);
  });
});

import { describe, expect, it } from "vitest";
import type { Observed } from "#core/detector.ts";
import { DAY } from "#core/time.ts";
import { slowRamp } from "#detectors/slow-ramp.ts";
import { limitOf } from "#detectors/slow-ramp/cusum.ts";
import { Params } from "#detectors/slow-ramp/params.ts";
import { driveDetector, signalsOf, sumOf } from "#test/support/drive-detector.ts";
import { observedAt, START } from "#test/support/observed.ts";

const PARAMS = Params.parse({});
const same = (n: number, calls = 200): number[] => Array.from({ length: n }, () => calls);

/** So many calls on each of the days, all of them within its working hours. */
function days(counts: readonly number[]): Observed[] {
  return counts.flatMap((count, day) =>
    Array.from({ length: count }, (_, i) =>
      observedAt(START + day * DAY + Math.floor((i * DAY) / count / 2), {
        id: `c${day}-${i}`,
        cost: { amount: "0.01" },
      }),
    ),
  );
}

const found = (counts: readonly number[]) => signalsOf(slowRamp, days(counts));
const dayOf = ({ since }: { since: number }): number => Math.floor((since - START) / DAY);

describe("a slow ramp", () => {
  const ramp = [...same(8), 240, 288, 345, 414, 497];

  it("is told on the day that passes the limit, from the call that does", () => {
    const [first] = found(ramp);
    expect(dayOf(first!)).toBe(11);
    expect(first).toMatchObject({
      entity: { type: "identity", id: "svc-chat/days" },
      facts: { expected: 200, baseline: { source: "own", n: 7 } },
    });
    expect(first!.calls).toBe(first!.facts["observed"]);
  });

  it("costs what the day costs beyond an ordinary one", () => {
    const sum = sumOf(found(ramp.slice(0, 12)));
    expect(sum.calls).toBe(414);
    expect(sum.observed).toBe(4_140_000_000_000n);
    expect(sum.expected).toBe(2_000_000_000_000n);
  });

  it.each<[string, number[]]>([
    ["days that stay within a tenth", [...same(8), ...same(20, 220)]],
    ["one day of ten times as many calls", [...same(8), 2_000, ...same(6)]],
    ["two such days", [...same(8), 2_000, 2_000, ...same(6)]],
    ["growth of few calls", [...same(8, 15), 20, 30, 40, 60, 90]],
    ["growth below a hundred calls a day", [...same(8, 30), 40, 50, 60, 75, 90, 99]],
    ["the growth of a first week", [100, 150, 200, 300, 450]],
    ["weekends", [...same(5), 0, 0, ...same(5), 0, 0, ...same(5)]],
  ])("is not %s", (_, counts) => {
    expect(found(counts)).toEqual([]);
  });

  it("is over when the higher level is two weeks old", () => {
    const told = new Set(found([...same(8), ...same(30, 400)]).map(dayOf));
    expect(Math.min(...told)).toBe(10);
    expect(Math.max(...told)).toBeLessThan(8 + 14);
  });

  it("keeps nothing of who never makes five calls in an hour", () => {
    const drive = driveDetector(slowRamp);
    for (const call of days(same(20, 40))) drive.feed(call);
    expect(drive.states.size).toBe(0);
  });
});

describe("the limit of a day", () => {
  it("is as high as one day may add where nothing was summed up", () => {
    expect(limitOf(same(7), PARAMS)).toMatchObject({ cusum: 0, limit: Infinity, days: 7 });
  });

  it("is solved from the sum of the days before: a day at it adds exactly what is missing", () => {
    const { limit, cusum } = limitOf([...same(7), 320, 320], PARAMS)!;
    const gains = (Math.log1p(limit) - Math.log1p(200)) / PARAMS.deviation - PARAMS.drift;
    expect(cusum + gains).toBeCloseTo(PARAMS.limit, 9);
  });

  it("is unknown of too few days, and of a day that is too small", () => {
    expect(limitOf(same(4), PARAMS)).toBeNull();
    expect(limitOf(same(9, 19), PARAMS)).toBeNull();
  });
});

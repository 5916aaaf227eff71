import { describe, expect, it } from "vitest";
import type { TimelineReport } from "#core/timeline/report.ts";
import { formatTime, HOUR, MINUTE } from "#core/time.ts";
import { lanesOf } from "#services/console/src/chart/lanes.ts";
import { scaleOf, splitsOf, topOf } from "#services/console/src/chart/scale.ts";
import { stacked, stepsOf } from "#services/console/src/chart/steps.ts";

const START = Date.parse("2026-10-05T00:00:00Z");

function report(step: number, hours: number): TimelineReport {
  const point = (at: number, cost: string) => ({
    start: formatTime(at),
    cost,
    calls: 2,
    input_tokens: 10,
    output_tokens: 5,
    errors: 0,
    unpriced_calls: 0,
  });
  const band = (hour: number) => ({
    start: formatTime(START + hour * HOUR),
    expected: "1",
    low: "0.5",
    high: "2",
    samples: 9,
  });
  return {
    from: formatTime(START),
    to: formatTime(START + hours * HOUR),
    step_ms: step,
    series: [{ points: [point(START, "0.25"), point(START + step, "1.5")] }],
    band: { metric: "cost", points: [band(0), band(1)] },
  } as unknown as TimelineReport;
}

describe("the steps of a chart", () => {
  it("fill what the answer leaves out with nothing", () => {
    expect(stepsOf(report(HOUR, 4), "cost").columns).toEqual([[0.25, 1.5, 0, 0]]);
    expect(stepsOf(report(HOUR, 4), "tokens").columns).toEqual([[15, 15, 0, 0]]);
  });

  it("sum the band's hours on longer steps, and share each hour out evenly on shorter ones", () => {
    expect(stepsOf(report(HOUR, 3), "cost").band?.high).toEqual([2, 2, null]);
    expect(stepsOf(report(2 * HOUR, 4), "cost").band?.high).toEqual([4, null]);
    const quarters = Array<number>(4).fill(0.5);
    expect(stepsOf(report(15 * MINUTE, 1), "cost").band?.high).toEqual(quarters);
  });

  it("begin at whole steps, as the answer's points do, where the range begins between two", () => {
    const range = { from: formatTime(START + 52 * MINUTE), to: formatTime(START + 112 * MINUTE) };
    const { starts, columns } = stepsOf({ ...report(HOUR, 4), ...range }, "cost");
    expect(starts).toEqual([START, START + HOUR]);
    expect(columns).toEqual([[0.25, 1.5]]);
  });

  it("draw no band of another metric", () => {
    expect(stepsOf(report(HOUR, 2), "calls").band).toBeNull();
  });

  it("stand on each other, the last one the sum", () => {
    expect(
      stacked([
        [1, 2],
        [3, 4],
        [5, 6],
      ]),
    ).toEqual([
      [1, 2],
      [4, 6],
      [9, 12],
    ]);
  });
});

describe("the scale of a chart", () => {
  const steps = (columns: number[], high: number | null) => ({
    starts: columns.map((_, i) => START + i * HOUR),
    columns: [columns],
    band: high === null ? null : { expected: [], low: [], high: [high] },
  });

  it("is in proportion where the band can be seen beside the columns", () => {
    expect(scaleOf(steps([1, 20], 2), null)).toBeNull();
    expect(scaleOf(steps([1, 2_000], null), null)).toBeNull();
  });

  it("goes by logarithm above the band where the columns dwarf it, or where a person wants it", () => {
    expect(scaleOf(steps([1, 200], 2), null)).toEqual({ linear: 2 });
    expect(scaleOf(steps([1, 200], 2), false)).toBeNull();
    expect(scaleOf(steps([1, 2_000], null), true)).toEqual({ linear: 2 });
    expect(scaleOf(steps([0, 0], null), true)).toBeNull();
  });

  it("leaves room above the highest column, and has labels above what stands in proportion", () => {
    expect(topOf(100, null, false)).toBeCloseTo(108);
    expect(topOf(100, { linear: 2 }, false)).toBeGreaterThan(108);
    expect(topOf(0, null, true)).toBe(1);
    expect(splitsOf({ linear: 0.13 }, 40)).toEqual([0, 0.3, 1, 3, 10, 30]);
    expect(splitsOf({ linear: 2 }, 1e6)).toEqual([0, 10, 100, 1_000, 10_000, 100_000, 1e6]);
  });
});

describe("marks", () => {
  it("that would lie on each other stand in lanes", () => {
    expect(lanesOf([0, 5, 30, 8], 10)).toEqual([0, 1, 0, 2]);
    expect(lanesOf([], 10)).toEqual([]);
  });
});

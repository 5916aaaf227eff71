import { describe, expect, it } from "vitest";
import type { TimelineReport } from "#core/timeline/report.ts";
import { formatTime, HOUR, MINUTE } from "#core/time.ts";
import { lanesOf } from "#services/console/src/chart/lanes.ts";
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

  it("sum the band's hours on longer steps, and draw none on shorter ones", () => {
    expect(stepsOf(report(HOUR, 3), "cost").band?.high).toEqual([2, 2, null]);
    expect(stepsOf(report(2 * HOUR, 4), "cost").band?.high).toEqual([4, null]);
    expect(stepsOf(report(15 * MINUTE, 1), "cost").band).toBeNull();
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

describe("marks", () => {
  it("that would lie on each other stand in lanes", () => {
    expect(lanesOf([0, 5, 30, 8], 10)).toEqual([0, 1, 0, 2]);
    expect(lanesOf([], 10)).toEqual([]);
  });
});

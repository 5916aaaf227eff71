import { serialize } from "node:v8";
import { describe, expect, it } from "vitest";
import { ALARM, scoreNext, tellOnce } from "#core/baseline/metric-score/metric-score.ts";
import { createMetricScore } from "#core/baseline/metric-score/state.ts";
import { createRandom } from "#test/support/random.ts";

const STEP = 300;
const DAY_ROWS = 288;

/** The told scores of a series of one value each five minutes. */
function scoresOf(values: readonly number[]): number[] {
  const state = createMetricScore();
  return values.map((value, i) => tellOnce(state, scoreNext(state, value, i * STEP)));
}

/** Days of noise around a level, a different one each seed. */
function noise(seed: number, rows: number, level = 100): number[] {
  const random = createRandom(seed);
  return Array.from({ length: rows }, () => level + random.below(20) + random.below(20));
}

const alarms = (scores: readonly number[]): number[] =>
  scores.flatMap((score, row) => (score >= ALARM ? [row] : []));

describe("metric score", () => {
  it("says nothing of the first hundred rows", () => {
    const values = noise(1, 100);
    values[60] = 10_000;
    expect(scoresOf(values).every((score) => score === 0)).toBe(true);
  });

  it.each([1, 2, 3])(
    "calls a value beyond everything seen an alarm, at its row (seed %i)",
    (seed) => {
      const values = noise(seed, 2_000);
      values[1_500] = 400;
      expect(alarms(scoresOf(values))).toContain(1_500);
    },
  );

  it("sees a drop as well as a rise", () => {
    const values = noise(4, 2_000);
    values[1_500] = 0;
    expect(alarms(scoresOf(values))).toContain(1_500);
  });

  it("does not depend on the unit", () => {
    const values = noise(5, 1_000);
    values[700] = 500;
    const scores = scoresOf(values.map((value) => value * 1_024));
    for (const [i, score] of scoresOf(values).entries()) expect(scores[i]).toBeCloseTo(score, 3);
  });

  it("depends on what came before only", () => {
    const values = noise(6, 1_500);
    const other = [...values.slice(0, 1_000), ...noise(7, 500, 5_000)];
    expect(scoresOf(other).slice(0, 1_000)).toEqual(scoresOf(values).slice(0, 1_000));
  });

  it("does not call a nightly burst news for ever", () => {
    const values = noise(8, 20 * DAY_ROWS);
    for (let day = 2; day < 20; day++) {
      for (let i = 0; i < 6; i++) values[day * DAY_ROWS + 24 + i] = 400;
    }
    const rows = alarms(scoresOf(values));
    expect(rows[0]).toBe(2 * DAY_ROWS + 24);
    expect(rows.filter((row) => row > 10 * DAY_ROWS)).toEqual([]);
  });

  it("rests after an alarm, for a share of the series' age", () => {
    const values = noise(9, 4_000);
    values[2_000] = 400;
    values[2_010] = 400;
    values[2_500] = 4_000;
    const rows = alarms(scoresOf(values));
    expect(rows).toContain(2_000);
    expect(rows).not.toContain(2_010);
    expect(rows).toContain(2_500);
  });

  it("tells nothing of a series that never changes, of zeros, of one that begins with zeros", () => {
    for (const level of [0, 7]) {
      expect(alarms(scoresOf(Array.from({ length: 1_000 }, () => level)))).toEqual([]);
    }
    const late = [...Array.from({ length: 300 }, () => 0), ...noise(10, 700)];
    expect(scoresOf(late).every(Number.isFinite)).toBe(true);
  });

  it("stays below a kilobyte of numbers, however long the series", () => {
    const state = createMetricScore();
    const size = serialize(state).length;
    for (const [i, value] of noise(11, 50_000).entries()) scoreNext(state, value, i * STEP);
    expect(serialize(state).length - size).toBeLessThan(32);
    const bytes = Object.values(state).map((part) =>
      ArrayBuffer.isView(part) ? part.byteLength : 8,
    );
    expect(bytes.reduce((sum, part) => sum + part, 0)).toBeLessThan(1_024);
  });
});

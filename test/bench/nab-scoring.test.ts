import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  normalised,
  type Profile,
  probationOf,
  rawScores,
  type Scored,
  sweep,
} from "../../bench/accuracy/nab-scoring.ts";

/** A series of zeros but for some rows, with windows. */
function series(
  rows: number,
  alarms: Readonly<Record<number, number>>,
  windows: Scored["windows"],
): Scored {
  return { group: "g", windows, scores: Array.from({ length: rows }, (_, i) => alarms[i] ?? 0) };
}

const rawOf = (one: Scored, profile: Profile = "standard", threshold = 0.5): number =>
  rawScores([one], profile, threshold).get("g")!;

describe("NAB scoring", () => {
  const WINDOW = [400, 499] as const;

  it("is worth nearly one at the first row of a window and nothing just behind it", () => {
    expect(rawOf(series(1_000, { 400: 1 }, [WINDOW]))).toBeCloseTo(1, 4);
    expect(rawOf(series(1_000, { 499: 1 }, [WINDOW]))).toBeCloseTo(0.0253, 3);
  });

  it("counts the earliest detection of a window only", () => {
    const early = rawOf(series(1_000, { 420: 1 }, [WINDOW]));
    expect(rawOf(series(1_000, { 420: 1, 450: 1 }, [WINDOW]))).toBe(early);
  });

  it("costs each row outside, less just behind a window", () => {
    const missed = rawOf(series(1_000, {}, [WINDOW]));
    expect(missed).toBe(-1);
    expect(rawOf(series(1_000, { 300: 1, 310: 1 }, [WINDOW]))).toBeCloseTo(-1.22, 9);
    expect(rawOf(series(1_000, { 900: 1 }, [WINDOW]))).toBeCloseTo(-1.11, 9);
    const near = missed - rawOf(series(1_000, { 501: 1 }, [WINDOW]));
    expect(near).toBeGreaterThan(0);
    expect(near).toBeLessThan(0.01);
  });

  it("does not look at the first rows", () => {
    expect(probationOf(1_000)).toBe(150);
    expect(probationOf(10_000)).toBe(750);
    expect(rawOf(series(1_000, { 149: 1 }, []))).toBe(0);
    expect(rawOf(series(1_000, { 150: 1 }, []), "reward low FP")).toBeCloseTo(-0.22, 9);
  });

  it("is 0 for silence and 100 for a perfect detector", () => {
    expect(normalised(-116, 116, "standard")).toBe(0);
    expect(normalised(116, 116, "reward low FN")).toBe(100);
    expect(normalised(-232, 116, "reward low FN")).toBe(0);
  });

  it("sweeps to the threshold that no other surpasses, equal scores together", () => {
    const score = fc.integer({ min: 1, max: 6 });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(199), score), { maxLength: 30 }), (alarms) => {
        const one = series(200, Object.fromEntries(alarms), [
          [60, 79],
          [120, 139],
        ]);
        const raws = [1, 2, 3, 4, 5, 6, Infinity].map((threshold) =>
          rawOf(one, "standard", threshold),
        );
        const best = sweep([one], "standard");
        expect(best.raw).toBeCloseTo(Math.max(...raws), 9);
        expect(rawOf(one, "standard", best.threshold)).toBeCloseTo(best.raw, 9);
      }),
    );
  });
});

import { describe, expect, it } from "vitest";
import { createSizes, learnSize, sizeAt } from "#detectors/fan-out/sizes.ts";

describe("the sizes of fan-outs", () => {
  it("gives the size that a share of them does not exceed", () => {
    const sizes = createSizes();
    for (let n = 1; n <= 50; n++) learnSize(sizes, n);
    expect([sizeAt(sizes, 0.5), sizeAt(sizes, 0.99), sizeAt(sizes, 1)]).toEqual([25, 50, 50]);
  });

  it("knows nothing of none", () => {
    expect(sizeAt(createSizes(), 0.99)).toBe(0);
  });

  it("lets old ones fade and stays small", () => {
    const sizes = createSizes();
    for (let i = 0; i < 2_000; i++) learnSize(sizes, 60);
    for (let i = 0; i < 6_000; i++) learnSize(sizes, 2);
    expect(sizeAt(sizes, 0.99)).toBe(2);
    learnSize(sizes, 1_000_000);
    expect(sizes.counts.length).toBeLessThanOrEqual(65);
  });
});

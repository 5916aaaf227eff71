import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splitExactly } from "#core/showback/split.ts";

const even = (...keys: string[]) => keys.map((key) => ({ key, weight: 1n }));

describe("splitExactly", () => {
  it("gives what does not divide to the largest remainders, then by key", () => {
    expect([...splitExactly(100n, even("c", "b", "a"))]).toEqual([
      ["c", 33n],
      ["b", 33n],
      ["a", 34n],
    ]);
    const weights = [
      { key: "a", weight: 1n },
      { key: "b", weight: 5n },
    ];
    expect([...splitExactly(10n, weights)]).toEqual([
      ["a", 2n],
      ["b", 8n],
    ]);
  });

  it("splits a credit as it splits a charge", () => {
    expect([...splitExactly(-100n, even("a", "b", "c")).values()]).toEqual([-34n, -33n, -33n]);
  });

  it("splits nothing without a driver", () => {
    expect(splitExactly(100n, [])).toEqual(new Map());
    expect(splitExactly(100n, [{ key: "a", weight: 0n }])).toEqual(new Map());
  });

  it("charges nobody for a driver below zero", () => {
    const weights = [
      { key: "a", weight: -3n },
      { key: "b", weight: 1n },
    ];
    expect(splitExactly(7n, weights)).toEqual(new Map(Object.entries({ a: 0n, b: 7n })));
  });

  it("adds up to the amount, is off by less than a picodollar a share, and does not depend on order", () => {
    const weight = fc.record({
      key: fc.string({ maxLength: 3 }),
      weight: fc.bigInt(0n, 10n ** 15n),
    });
    fc.assert(
      fc.property(
        fc.bigInt(-(10n ** 20n), 10n ** 20n),
        fc.uniqueArray(weight, { selector: ({ key }) => key, minLength: 1 }),
        (amount, weights) => {
          const whole = weights.reduce((sum, { weight: w }) => sum + w, 0n);
          fc.pre(whole > 0n);
          const shares = splitExactly(amount, weights);
          expect([...shares.values()].reduce((sum, share) => sum + share, 0n)).toBe(amount);
          for (const { key, weight: w } of weights) {
            const off = shares.get(key)! * whole - amount * w;
            expect(off > -whole && off < whole).toBe(true);
          }
          const turned = splitExactly(amount, weights.toReversed());
          expect(new Map([...turned].toReversed())).toEqual(shares);
        },
      ),
    );
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addSeen, contentOf, createSeenSet } from "#core/pipeline/seen-set.ts";

const word = fc.nat(0xffff_ffff);

describe("seen set", () => {
  it("does not know a key before it was added", () => {
    const set = createSeenSet();
    expect(contentOf(set, 7, 1)).toBe(-1);
    addSeen(set, 7, 1, 42);
    expect(contentOf(set, 7, 1)).toBe(42);
    expect(contentOf(set, 7, 65)).toBe(-1);
    expect(contentOf(set, 8, 1)).toBe(-1);
  });

  it("keeps keys apart that want the same slot", () => {
    const set = createSeenSet();
    for (let i = 0; i < 30; i++) addSeen(set, i, 63, i * 10);
    for (let i = 0; i < 30; i++) expect(contentOf(set, i, 63)).toBe(i * 10);
  });

  it("keeps content 0 and the largest word", () => {
    const set = createSeenSet();
    addSeen(set, 0, 1, 0);
    addSeen(set, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff);
    expect(contentOf(set, 0, 1)).toBe(0);
    expect(contentOf(set, 0xffff_ffff, 0xffff_ffff)).toBe(0xffff_ffff);
  });

  it("agrees with a map, through every growth", () => {
    const entry = fc.tuple(fc.oneof(word, fc.nat(3)), fc.oneof(word, fc.nat(200)), word);
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 600 }), (entries) => {
        const set = createSeenSet();
        const map = new Map<string, number>();
        for (const [high, rest, content] of entries) {
          const low = (rest | 1) >>> 0;
          const key = `${high}/${low}`;
          expect(contentOf(set, high, low)).toBe(map.get(key) ?? -1);
          if (map.has(key)) continue;
          map.set(key, content);
          addSeen(set, high, low, content);
        }
        expect(set.size).toBe(map.size);
        for (const [key, content] of map) {
          const [high, low] = key.split("/").map(Number);
          expect(contentOf(set, high!, low!)).toBe(content);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("takes at most 40 bytes an entry", () => {
    const set = createSeenSet();
    for (let i = 0; i < 100_000; i++) addSeen(set, Math.imul(i, 0x9e3779b1) >>> 0, (i * 2) | 1, i);
    expect(set.slots.byteLength / set.size).toBeLessThan(40);
  });
});

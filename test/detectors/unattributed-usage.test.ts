import { describe, expect, it } from "vitest";
import type { Observed } from "#core/detector.ts";
import { PICO_PER_USD } from "#core/money.ts";
import { HOUR } from "#core/time.ts";
import { unattributedUsage } from "#detectors/unattributed-usage.ts";
import { costOfAll, signalsOf, sumOf } from "#test/support/drive-detector.ts";
import { observedAt, START } from "#test/support/observed.ts";

const CENT = PICO_PER_USD / 100n;
const DOLLAR = PICO_PER_USD;

type Kind = "known" | "nameless" | "ownerless";
const SHOWN = {
  known: {},
  nameless: { identity: undefined, quality: ["owner.missing", "identity.missing"] },
  ownerless: { identity: { owner: undefined }, quality: ["owner.missing"] },
};

/** Calls of one hour, spread evenly. */
function hour(n: number, calls: number, kind: Kind, cost: bigint | null = CENT): Observed[] {
  const gap = Math.floor(HOUR / (calls + 1));
  return Array.from({ length: calls }, (_, i) => ({
    ...observedAt(START + n * HOUR + i * gap, SHOWN[kind]),
    cost,
  }));
}

const together = (...streams: Observed[][]) => streams.flat().toSorted((a, b) => a.at - b.at);
const history = (kind: Kind, hours = 30) =>
  Array.from({ length: hours }, (_, i) => hour(i, 100, kind)).flat();
const NOW = 30;
const signals = (...streams: Observed[][]) => signalsOf(unattributedUsage, together(...streams));

describe("unattributed usage", () => {
  it.each<[string, Observed[][], string | null]>([
    [
      "a tenth that lost its identity",
      [hour(NOW, 200, "known"), hour(NOW, 40, "nameless")],
      "degraded",
    ],
    [
      "a tenth that lost its owner",
      [hour(NOW, 200, "known"), hour(NOW, 40, "ownerless")],
      "degraded",
    ],
    [
      "fewer calls than an hour is judged by",
      [hour(NOW, 30, "known"), hour(NOW, 19, "nameless")],
      null,
    ],
    ["a twentieth without much money", [hour(NOW, 400, "known"), hour(NOW, 25, "nameless")], null],
    [
      "a twentieth with more than five dollars",
      [hour(NOW, 200, "known"), hour(NOW, 15, "nameless", DOLLAR)],
      "share",
    ],
    [
      "as much money without an owner",
      [hour(NOW, 200, "known"), hour(NOW, 15, "ownerless", DOLLAR)],
      null,
    ],
  ])("judges %s", (_, hours, reason) => {
    expect(signals(history("known"), ...hours)[0]?.reason ?? null).toBe(reason);
  });

  it("is told of a source that never knew anybody by its money only", () => {
    expect(signals(history("nameless"))).toEqual([]);
    const [first] = signals(history("nameless"), hour(NOW, 30, "nameless", DOLLAR));
    expect(first).toMatchObject({ reason: "share", entity: { type: "source", id: "test" } });
  });

  it("is silent on a source without any owners, whatever it costs", () => {
    expect(signals(history("ownerless"), hour(NOW, 300, "ownerless", DOLLAR))).toEqual([]);
  });

  it("takes unpriced calls in numbers for money", () => {
    const some = (calls: number) =>
      signals(history("nameless", 2), hour(2, calls, "nameless", null));
    expect(some(499)).toEqual([]);
    expect(some(500)).toHaveLength(1);
    expect(some(500)[0]).toMatchObject({ observed: null, calls: 500, unpriced: 500 });
  });

  it("brings every call without identity of the hours in excess once, and expects none of it", () => {
    const lost = [hour(NOW, 60, "nameless", 3n), hour(NOW + 1, 60, "nameless", 5n)].flat();
    const others = [hour(NOW, 100, "known"), hour(NOW + 1, 100, "known")];
    expect(sumOf(signals(history("known"), lost, ...others))).toEqual({
      calls: lost.length,
      observed: costOfAll(lost),
      expected: 0n,
      unpriced: 0,
    });
  });

  it("says how far above its own share the source is", () => {
    const last = signals(history("known"), hour(NOW, 100, "known"), hour(NOW, 100, "nameless")).at(
      -1,
    );
    expect(last?.facts).toMatchObject({
      metric: "identity",
      source: "test",
      calls: 100,
      observed: 50,
      expected: 10,
      rise: 50,
      baseline: { source: "own", share: 0 },
    });
  });

  it("leaves out who was refused at the door", () => {
    const refused = hour(NOW, 300, "nameless").map((observed) => ({
      ...observed,
      event: { ...observed.event, outcome: { status: "denied" as const } },
    }));
    expect(signals(history("known"), refused)).toEqual([]);
  });
});

import { describe, expect, it } from "vitest";
import type { Observed } from "#core/detector.ts";
import { HOUR, MINUTE } from "#core/time.ts";
import { usageDrop } from "#detectors/usage-drop.ts";
import { driveDetector, signalsOf } from "#test/support/drive-detector.ts";
import { observedAt, START } from "#test/support/observed.ts";

const WEEKS = 14 * 24;

/** So many calls in each of the hours, from START on. */
function hours(calls: readonly number[], identity = "svc"): Observed[] {
  return calls.flatMap((count, hour) =>
    Array.from({ length: count }, (_, i) =>
      observedAt(START + hour * HOUR + Math.floor((i * HOUR) / count), {
        id: `${identity}-${hour}-${i}`,
        identity: { id: identity },
        cost: { amount: "0.01" },
      }),
    ),
  );
}

const steady = (n: number, count = 40): number[] => Array.from({ length: n }, () => count);
const found = (calls: readonly number[]) => signalsOf(usageDrop, hours(calls));

describe("a drop of a steady identity", () => {
  it("is told at the first call after two full hours below half of the least hour", () => {
    const signals = found([...steady(WEEKS), 19, 19, 40]);
    const [first] = signals;
    expect(signals).toHaveLength(1);
    expect(first!.since).toBe(START + (WEEKS + 2) * HOUR);
    expect(first).toMatchObject({
      calls: 1,
      observed: first!.expected,
      facts: { observed: 19, expected: 40, hours: 2, baseline: { source: "own", n: 7, mean: 40 } },
    });
  });

  it("is told once an hour while it lasts, and is the ordinary level after a day", () => {
    const signals = found([...steady(WEEKS), ...steady(60, 5), 40]);
    expect(signals.map(({ facts }) => facts["hours"])).toEqual(
      Array.from({ length: 23 }, (_, i) => i + 2),
    );
  });

  it("is told of a silence when the first call comes back", () => {
    const signals = found([...steady(WEEKS), ...steady(5, 0), 40]);
    expect(signals).toHaveLength(1);
    expect(signals[0]!.facts).toMatchObject({ observed: 0, hours: 5 });
  });

  it.each<[string, number[]]>([
    ["of a single hour", [...steady(WEEKS), 3, 40, 3, 40]],
    ["to half of the least hour", [...steady(WEEKS), 20, 20, 20, 40]],
    [
      "to what some night of the week has, too",
      [...steady(WEEKS - 60), 8, ...steady(59), 8, 8, 40],
    ],
    ["of few calls", [...steady(WEEKS, 19), 1, 1, 19]],
    ["in the second week of a new identity", [...steady(200), 3, 3, 3, 40]],
  ])("is nothing %s", (_, calls) => {
    expect(found(calls)).toEqual([]);
  });

  it("is not looked for where an identity works in its own hours only: nothing is kept of it", () => {
    const day = [...steady(8, 0), ...steady(12), ...steady(4, 0)];
    const drive = driveDetector(usageDrop);
    const stream = hours(Array.from({ length: 21 }, () => day).flat());
    expect(stream.flatMap((call) => drive.feed(call))).toEqual([]);
    expect(drive.states.size).toBe(0);
  });

  it("comes to the same where calls of an hour come in another order", () => {
    const stream = hours([...steady(WEEKS), 10, 10, 10, 40]);
    const place = ({ at }: Observed): number => Math.floor(at / (10 * MINUTE));
    const late = stream.toSorted((a, b) => place(a) - place(b) || b.at - a.at);
    const facts = (events: readonly Observed[]) =>
      signalsOf(usageDrop, events).map((signal) => signal.facts);
    expect(facts(late)).toEqual(facts(stream));
  });
});

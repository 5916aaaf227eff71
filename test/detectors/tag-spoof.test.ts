import { describe, expect, it } from "vitest";
import type { Observed } from "#core/detector.ts";
import { HOUR } from "#core/time.ts";
import { tagSpoof } from "#detectors/tag-spoof.ts";
import { costOfAll, signalsOf, sumOf } from "#test/support/drive-detector.ts";
import { observedAt, START } from "#test/support/observed.ts";

const call = (hours: number, ...conflicts: string[]): Observed =>
  observedAt(START + hours * HOUR, {
    identity: { claimed: "boss" },
    attribution: { team: `team-${hours}` },
    quality: conflicts.map((tag) => `${tag}.conflict`),
  });
const signals = (stream: readonly Observed[], params = {}) => signalsOf(tagSpoof, stream, params);

describe("tag spoof", () => {
  it.each<[string, Observed[], number]>([
    ["three calls in a day", [call(0, "team"), call(5, "team"), call(9, "team")], 1],
    ["three calls in more than a day", [call(0, "team"), call(5, "team"), call(24, "team")], 0],
    ["different tags", [call(0, "team"), call(5, "service"), call(9, "environment")], 1],
    ["tags that are not compared", [call(0, "owner"), call(5, "owner"), call(9, "owner")], 0],
    [
      "events counted twice, which are no tags",
      [call(0, "dup"), call(5, "dup"), call(9, "dup")],
      0,
    ],
  ])("judges %s", (_, stream, count) => {
    expect(signals(stream)).toHaveLength(count);
  });

  it("brings every such call once, and expects none", () => {
    const stream = [0, 1, 2, 3, 4].map((hours) => call(hours, "team"));
    expect(sumOf(signals(stream))).toEqual({
      calls: 5,
      observed: costOfAll(stream),
      expected: 0n,
      unpriced: 0,
    });
  });

  it("tells the same in another order", () => {
    const stream = [0, 1, 2].map((hours) => call(hours, "team"));
    expect(sumOf(signals(stream.toReversed()))).toEqual(sumOf(signals(stream)));
  });

  it("names what was declared, the newest of each", () => {
    const stream = [call(0, "team"), call(1, "team"), call(2, "team", "identity")];
    expect(signals(stream)[0]?.facts).toMatchObject({
      tags: "identity, team",
      declared: { team: "team-2", identity: "boss" },
      observed: 3,
    });
  });

  it("begins anew after a day of silence", () => {
    const stream = [0, 1, 2, 40, 41].map((hours) => call(hours, "team"));
    expect(signals(stream)).toHaveLength(1);
  });
});

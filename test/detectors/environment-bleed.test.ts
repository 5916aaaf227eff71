import { describe, expect, it } from "vitest";
import type { Observed } from "#core/detector.ts";
import type { Environment } from "#core/event.ts";
import { HOUR, MINUTE } from "#core/time.ts";
import { environmentBleed } from "#detectors/environment-bleed.ts";
import { signalsOf, sumOf } from "#test/support/drive-detector.ts";
import { observedAt, START } from "#test/support/observed.ts";
import { createRandom } from "#test/support/random.ts";
import { lateBy } from "#test/support/streams.ts";

const call = (hours: number, environment?: Environment, ...quality: string[]): Observed =>
  observedAt(START + hours * HOUR, { attribution: { environment }, quality });
const hourly = (from: number, count: number, environment?: Environment) =>
  Array.from({ length: count }, (_, i) => call(from + i, environment));
const signals = (...streams: Observed[][]) =>
  signalsOf(
    environmentBleed,
    streams.flat().toSorted((a, b) => a.at - b.at),
  );

describe("environment bleed", () => {
  const production = hourly(0, 60, "production");

  it.each<[string, Observed[], boolean]>([
    ["three calls on staging", hourly(20.5, 3, "staging"), true],
    [
      "one each on staging, development and test",
      [call(20.1, "staging"), call(20.2, "development"), call(20.3, "test")],
      true,
    ],
    ["two calls on staging", hourly(20.5, 2, "staging"), false],
    ["a pilot", hourly(20.5, 9, "pilot"), false],
    ["calls that name no environment", hourly(20.5, 9), false],
    [
      "three calls on staging over two days",
      [call(5.5, "test"), call(20.5, "test"), call(40.5, "test")],
      false,
    ],
  ])("judges beside production: %s", (_, stream, isTold) => {
    expect(signals(production, stream).length > 0).toBe(isTold);
  });

  it("takes a production tag that the directory denies for both sides", () => {
    const contested = [1, 2, 3].map((hours) => call(hours, "production", "environment.conflict"));
    expect(signals(contested)[0]?.facts).toMatchObject({ contested: true });
    const staging = [1, 2, 3].map((hours) => call(hours, "staging", "environment.conflict"));
    expect(signals(staging)).toEqual([]);
  });

  it("brings the calls of the side that came second and those that follow the first of them, then every call while both go on", () => {
    const staging = hourly(20.5, 3, "staging");
    const found = signals(production, staging);
    expect(found[0]).toMatchObject({ since: staging[0]!.at, calls: 5 });
    expect(found[1]).toMatchObject({ calls: 1 });
    expect(found.at(-1)!.since).toBeLessThan(staging[0]!.at + 24 * HOUR);
  });

  it("comes to the same sum whatever the order within the allowed lateness", () => {
    const often = Array.from({ length: 60 * 20 }, (_, i) => call(i / 20, "production"));
    const staging = Array.from({ length: 40 }, (_, i) => call(20.5 + i / 9, "staging"));
    const stream = [...often, ...staging].toSorted((a, b) => a.at - b.at);
    const straight = sumOf(signals(stream));
    expect(straight.calls).toBeGreaterThan(400);
    for (let seed = 1; seed <= 5; seed++) {
      const late = lateBy(createRandom(seed), 10 * MINUTE, stream);
      expect(sumOf(signalsOf(environmentBleed, late))).toEqual(straight);
    }
  });

  it("is a finding of its own beside other sharing of the credential", () => {
    const [first] = signals(production, hourly(20.5, 3, "staging"));
    expect(first?.entity).toEqual({ type: "credential", id: "fp-1/environments" });
  });
});

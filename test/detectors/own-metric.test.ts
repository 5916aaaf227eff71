import { describe, expect, it } from "vitest";
import type { Observed } from "#core/detector.ts";
import type { UsageEvent } from "#core/event.ts";
import { HOUR, MINUTE, SECOND } from "#core/time.ts";
import { ownMetric } from "#detectors/own-metric.ts";
import { costOfAll, signalsOf, sumOf } from "#test/support/drive-detector.ts";
import type { Overrides } from "#test/support/events.ts";
import { observedAt, START } from "#test/support/observed.ts";

const REJECTED = { metric: "rejected_calls", floor: 10, sudden_floor: 30, share: 0.2 };
const TOKENS = { metric: "unpriced_tokens", floor: 1_000, sudden_floor: 5_000 };
const BEFORE = 96;

let made = 0;
const call = (at: number, more: Overrides<UsageEvent> = {}): Observed =>
  observedAt(START + at, { id: `c${++made}`, cost: { amount: "0.01" }, ...more });
const calls = (hour: number, n: number, more: Overrides<UsageEvent> = {}): Observed[] =>
  Array.from({ length: n }, (_, i) => call(hour * HOUR + (i * HOUR) / n, more));
const ordinary = (): Observed[] => Array.from({ length: BEFORE }, (_, i) => calls(i, 12)).flat();
const bad = (status: "error" | "denied" | "blocked" | "throttled", error_class?: "upstream") => ({
  outcome: { status, ...(error_class ? { error_class } : { error_class: "validation" as const }) },
});
const rejected = (...hours: Observed[][]) =>
  signalsOf(ownMetric, [...ordinary(), ...hours.flat()], REJECTED);

describe("rejected calls", () => {
  it("are told from the second hour at the floor, and both hours are brought", () => {
    const two = [calls(BEFORE, 12, bad("error")), calls(BEFORE + 1, 11, bad("denied"))];
    const found = rejected(...two);
    expect(sumOf(found)).toMatchObject({
      calls: 23,
      observed: costOfAll(two.flat()),
      expected: 0n,
    });
    expect(found[0]).toMatchObject({
      reason: "two_hours",
      calls: 22,
      since: START + BEFORE * HOUR,
      facts: { observed: 10, expected: 10, window: 7_200, baseline: { n: 0, peak: 0 } },
    });
  });

  it("are told within one hour where they are many", () => {
    const [first] = rejected(calls(BEFORE, 40, bad("blocked")));
    expect(first).toMatchObject({ reason: "one_hour", calls: 30, facts: { share: 100 } });
  });

  it("are held against the own peak hour, once it is learned", () => {
    const used = Array.from({ length: 3 }, (_, i) => calls(10 + 8 * i, 20, bad("error")));
    const stream = [...ordinary(), ...used.flat()].toSorted((a, b) => a.at - b.at);
    const hours = [calls(BEFORE, 29, bad("error")), calls(BEFORE + 1, 29, bad("error"))].flat();
    expect(signalsOf(ownMetric, [...stream, ...hours], REJECTED)).toEqual([]);
    const more = [calls(BEFORE, 30, bad("error")), calls(BEFORE + 1, 30, bad("error"))].flat();
    expect(signalsOf(ownMetric, [...stream, ...more], REJECTED)).toHaveLength(1);
  });

  it.each<[string, Observed[][]]>([
    ["that a retry may cure", [calls(BEFORE, 50, bad("error", "upstream"))]],
    ["that were throttled", [calls(BEFORE, 50, bad("throttled"))]],
    ["that are few among many", [calls(BEFORE, 400), calls(BEFORE, 50, bad("error"))]],
  ])("are nothing %s", (_, hours) => {
    expect(rejected(...hours)).toEqual([]);
  });

  it("are nothing in an identity's first days", () => {
    const early = [...ordinary().slice(0, 60 * 12), ...calls(60, 50, bad("error"))];
    expect(signalsOf(ownMetric, early, REJECTED)).toEqual([]);
  });

  it("come to the same sum whatever the order within ten minutes", () => {
    const stream = [...calls(BEFORE, 35, bad("error")), ...calls(BEFORE + 1, 35, bad("error"))];
    const late = stream.toSorted(
      (a, b) => Math.floor(a.at / (10 * MINUTE)) - Math.floor(b.at / (10 * MINUTE)) || b.at - a.at,
    );
    const before = ordinary();
    expect(sumOf(signalsOf(ownMetric, [...before, ...late], REJECTED))).toEqual(
      sumOf(signalsOf(ownMetric, [...before, ...stream], REJECTED)),
    );
  });
});

describe("tokens without a price", () => {
  const unpriced = (n: number, usage: UsageEvent["usage"]): Observed[] =>
    Array.from({ length: n }, (_, i) =>
      call(BEFORE * HOUR + i * SECOND, { cost: undefined, usage }),
    );
  const tokens = (stream: readonly Observed[]) =>
    signalsOf(ownMetric, [...ordinary(), ...stream], TOKENS);

  it("are told where an hour has many, and cost nobody knows what", () => {
    const found = tokens(unpriced(6, { input_tokens: 900, output_tokens: 100 }));
    expect(found.map(({ calls: n, observed, unpriced: u }) => [n, observed, u])).toEqual([
      [5, null, 5],
      [1, null, 1],
    ]);
  });

  it("leave out what came from the cache, and calls with a price", () => {
    const cached = { input_tokens: 900, cached_input_tokens: 890, output_tokens: 10 };
    expect(tokens(unpriced(50, cached))).toEqual([]);
    expect(tokens(calls(BEFORE, 50, { usage: { input_tokens: 900 } }))).toEqual([]);
  });
});

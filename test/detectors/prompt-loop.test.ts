import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Observed } from "#core/detector.ts";
import type { UsageEvent } from "#core/event.ts";
import { DAY, type EventTime, HOUR, MINUTE, SECOND } from "#core/time.ts";
import { promptLoop } from "#detectors/prompt-loop.ts";
import { costOfAll, driveDetector, signalsOf, sumOf } from "#test/support/drive-detector.ts";
import type { Overrides } from "#test/support/events.ts";
import { observedAt, START } from "#test/support/observed.ts";

/** One step of an agent: the same letter asks the same and gets the same. */
function step(letter: string, at: EventTime, event: Overrides<UsageEvent> = {}): Observed {
  const digests = { prompt_digest: `p-${letter}`, result_digest: `r-${letter}` };
  return observedAt(START + at, {
    flow: { session: "s1", agent: "main" },
    content: { ...digests, ...event.content },
    ...event,
  });
}

/** Steps by letter, ten seconds apart. */
function steps(letters: string, event: Overrides<UsageEvent> = {}): Observed[] {
  return letters.split("").map((letter, i) => step(letter, i * 10 * SECOND, event));
}

describe("prompt loop", () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    "finds a cycle of %i at the end of its third round",
    (period) => {
      const cycle = "abcdefgh".slice(0, period);
      const stream = steps(`xyz${cycle.repeat(3)}`);
      const [found, ...more] = signalsOf(promptLoop, stream);
      expect(more).toEqual([]);
      expect(found).toMatchObject({
        index: stream.length - 1,
        reason: period === 1 ? "strict_repeat" : "cycle",
        entity: { type: "flow", id: "s1/main" },
        calls: 3 * period,
        since: stream[3]!.at,
        facts: { period, repeats: 3, observed: 3, expected: 2, ratio: 1.5 },
        eventIds: stream.slice(3).map(({ event }) => event.id),
      });
      expect(found!.observed).toBe(costOfAll(stream.slice(3)));
      expect(found!.expected).toBe(costOfAll(stream.slice(3, 3 + 2 * period)));
    },
  );

  it.each([
    ["a cycle of nine, three times round", steps("abcdefghi".repeat(3))],
    ["a cycle cut short of its third round", steps("abcabcab")],
    ["a broken run", steps("aabaabbaa")],
    [
      "equal questions with changing answers",
      ["1", "2", "3", "4", "5"].map((n, i) =>
        step("a", i * SECOND, { content: { prompt_digest: "p", result_digest: n } }),
      ),
    ],
    [
      "equal answers to changing questions",
      ["1", "2", "3", "4", "5"].map((n, i) =>
        step("a", i * SECOND, { content: { prompt_digest: n, result_digest: "r" } }),
      ),
    ],
    [
      "digests of different keys",
      [1, 2, 3, 4].map((epoch) =>
        step("a", epoch * SECOND, {
          content: { prompt_digest: "p", result_digest: "r", digest_epoch: epoch },
        }),
      ),
    ],
    [
      "a digest of the whole prompt",
      steps("aaaa", {
        content: { prompt_digest: "p", result_digest: "r", digest_scope: "full_prompt" },
      }),
    ],
    [
      "calls without a result",
      steps("aaaa", { content: { prompt_digest: "p" } }).map((o) => ({
        ...o,
        event: { ...o.event, content: { prompt_digest: "p" } },
      })),
    ],
    ["calls outside any flow", steps("aaaa").map((o) => ({ ...o, flow: null }))],
    ["the sender's own retries", steps("aaaa", { usage: { retries: 1 } })],
    [
      "sub-agents that do the same",
      ["1", "2", "3", "4"].map((agent, i) =>
        step("a", i * SECOND, { flow: { session: "s1", agent } }),
      ),
    ],
    [
      "flows that do the same",
      ["1", "2", "3", "4"].map((session, i) =>
        step("a", i * SECOND, { flow: { session, agent: "main" } }),
      ),
    ],
  ])("is silent on %s", (_, stream) => {
    expect(signalsOf(promptLoop, stream)).toEqual([]);
  });

  it("takes the shortest cycle and the rule's own numbers", () => {
    expect(signalsOf(promptLoop, steps("aaaaaa")).at(-1)?.facts).toMatchObject({
      period: 1,
      repeats: 6,
    });
    expect(signalsOf(promptLoop, steps("aa"), { repeats: 2 })).toHaveLength(1);
    expect(signalsOf(promptLoop, steps("aaaa"), { repeats: 5 })).toEqual([]);
    expect(signalsOf(promptLoop, steps("abcabcabc"), { longest_cycle: 2 })).toEqual([]);
  });

  it("begins afresh with a new human turn", () => {
    const turn = (n: number, at: EventTime): Observed =>
      step("a", at, { flow: { session: "s1", agent: "main", turn: n } });
    expect(signalsOf(promptLoop, [turn(1, 0), turn(1, 1), turn(2, 2), turn(2, 3)])).toEqual([]);
    const [found] = signalsOf(promptLoop, [
      turn(1, 0),
      turn(1, 1),
      turn(2, 2),
      turn(2, 3),
      turn(2, 4),
    ]);
    expect(found).toMatchObject({ index: 4, calls: 3, since: START + 2 });
  });

  it("does not begin afresh where a call names no turn", () => {
    const stream = [
      step("a", 0, { flow: { session: "s1", agent: "main", turn: 1 } }),
      step("a", 1),
      step("a", 2, { flow: { session: "s1", agent: "main", turn: 1 } }),
    ];
    expect(signalsOf(promptLoop, stream)).toHaveLength(1);
  });

  const failed = (status: "throttled" | "error"): Overrides<UsageEvent> => ({
    outcome: { status },
  });

  it.each([
    ["throttled", [step("a", 0, failed("throttled")), step("a", MINUTE), step("a", 2 * MINUTE)], 0],
    ["failed", [step("a", 0, failed("error")), step("a", MINUTE), step("a", 2 * MINUTE)], 0],
    [
      "failed more than a minute ago",
      [step("a", 0, failed("error")), step("a", MINUTE + 1), step("a", 2 * MINUTE)],
      1,
    ],
    [
      "failed with another prompt",
      [step("b", 0, failed("error")), ...[1, 2, 3].map((i) => step("a", i))],
      1,
    ],
    [
      "failed before the last success",
      [step("a", 0, failed("error")), step("a", 1), step("a", 2), step("a", 3)],
      1,
    ],
  ])("takes a call for a retry where the same one %s", (_, stream, signals) => {
    expect(signalsOf(promptLoop, stream)).toHaveLength(signals);
  });

  it("puts a late event at its place in time", () => {
    const [first, second, third] = steps("aaa") as [Observed, Observed, Observed];
    const [found] = signalsOf(promptLoop, [first, third, second]);
    expect(found).toMatchObject({ index: 2, calls: 3, since: START });
    const between = step("b", 5 * SECOND);
    expect(signalsOf(promptLoop, [first, second, between, third])).toEqual([]);
  });

  it("finds a loop that a late event completes in whatever order its steps come", () => {
    const stream = steps("abababab");
    fc.assert(
      fc.property(fc.shuffledSubarray(stream, { minLength: stream.length }), (order) => {
        const signals = signalsOf(promptLoop, order);
        expect(signals.length).toBeGreaterThan(0);
        expect(sumOf(signals)).toMatchObject({ calls: 8, observed: costOfAll(stream) });
      }),
      { numRuns: 50 },
    );
  });

  it("adds up to the cost of the loop's calls, however long it runs", () => {
    const stream = steps("abc".repeat(100)).map((o, i) => ({ ...o, cost: BigInt(i + 1) ** 5n }));
    const signals = signalsOf(promptLoop, stream);
    expect(sumOf(signals)).toEqual({
      calls: 300,
      observed: costOfAll(stream),
      expected: costOfAll(stream.slice(0, 6)),
      unpriced: 0,
    });
    expect(signals.at(-1)?.facts).toMatchObject({ repeats: 100, period: 3 });
  });

  it("counts a call once where one loop runs over into another", () => {
    const stream = steps("aaaababab");
    const ids = signalsOf(promptLoop, stream).flatMap(({ eventIds }) => eventIds);
    expect(ids.toSorted()).toEqual(stream.map(({ event }) => event.id).toSorted());
  });

  it("counts calls without a price apart", () => {
    const free = steps("aaa").map((o) => ({ ...o, cost: null }));
    expect(signalsOf(promptLoop, free)[0]).toMatchObject({
      observed: null,
      expected: 0n,
      unpriced: 3,
    });
    const mixed = [{ ...free[0]! }, ...steps("aaa").slice(1)];
    expect(signalsOf(promptLoop, mixed)[0]).toMatchObject({
      unpriced: 1,
      observed: costOfAll(mixed),
    });
  });

  it("agrees with a search by hand on any sequence, and counts no call twice", () => {
    const letters = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 60, size: "max" });
    fc.assert(
      fc.property(letters, (sequence) => {
        const stream = steps(sequence.join(""));
        const signals = signalsOf(promptLoop, stream);
        const places = sequence.flatMap((_, i) =>
          endsInLoop(sequence.slice(0, i + 1)) ? [i] : [],
        );
        expect(signals.map(({ index }) => index)).toEqual(places);
        const ids = signals.flatMap(({ eventIds }) => eventIds);
        expect(new Set(ids).size).toBe(ids.length);
      }),
      { numRuns: 200 },
    );
  });

  it("may be forgotten after a day, one call after an hour", () => {
    const drive = driveDetector(promptLoop);
    const isIdle = (at: EventTime): boolean =>
      promptLoop.idle([...drive.states.values()][0], at, {});
    drive.feed(step("a", 0));
    expect([isIdle(START + HOUR), isIdle(START + HOUR + 1)]).toEqual([false, true]);
    drive.feed(step("a", 1));
    expect([isIdle(START + 1 + DAY), isIdle(START + 2 + DAY)]).toEqual([false, true]);
  });
});

/** True where the newest steps are three equal rounds of up to eight, or the newest came twelve times. */
function endsInLoop(sequence: readonly string[]): boolean {
  if (sequence.filter((letter) => letter === sequence.at(-1)).length >= 12) return true;
  for (let period = 1; period <= 8; period++) {
    const rounds = sequence.slice(-3 * period);
    if (rounds.length < 3 * period) return false;
    if (rounds.every((letter, i) => letter === rounds[i % period])) return true;
  }
  return false;
}

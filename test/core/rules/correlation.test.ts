import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Observed, Signal } from "#core/detector.ts";
import type { CompiledRule } from "#core/pipeline/program.ts";
import { HOUR, MINUTE, SECOND } from "#core/time.ts";
import { compileRule, correlationRule } from "#test/support/correlation-rule.ts";
import { costOfAll, driveDetector, signalsOf, sumOf } from "#test/support/drive-detector.ts";
import { observedAt, START } from "#test/support/observed.ts";

const COUNT = correlationRule(`
entity: identity
correlate: { type: count, by: [identity.id], window: 60s, condition: { gt: 3 } }
`);
const DISTINCT = correlationRule(`
entity: flow
select: { calls: { flow.span: { exists: true }, not: { usage.retries: { gte: 1 } } } }
correlate: { type: distinct, field: flow.span, by: [flow.root], window: 60s, condition: { gte: 4 } }
`);

const SUM = correlationRule(`
entity: identity
correlate: { type: sum, field: usage.output_tokens, by: [identity.id], window: 60s, condition: { gt: 3 } }
`);

/** Calls at these seconds; each of one token and of a span of its own, named by its place unless given. */
function calls(seconds: readonly number[], spans: readonly string[] = []): Observed[] {
  return seconds.map((second, i) =>
    observedAt(START + second * SECOND, {
      id: `c${i}`,
      flow: { session: "s", span: spans[i] ?? `span-${i}` },
      usage: { output_tokens: 1 },
      cost: { amount: `0.0${i + 1}` },
    }),
  );
}

const signals = ({ detector }: CompiledRule, stream: readonly Observed[]) =>
  signalsOf(detector, stream);
const isSilent = (rule: CompiledRule, stream: readonly Observed[]): boolean =>
  signals(rule, stream).length === 0;

describe.each([
  ["count", COUNT],
  ["distinct", DISTINCT],
  ["sum", SUM],
])("%s", (_, rule) => {
  it("is silent at the limit and speaks above it", () => {
    expect(isSilent(rule, calls([0, 10, 20]))).toBe(true);
    const found = signals(rule, calls([0, 10, 20, 30]));
    expect(found.map(({ index }) => index)).toEqual([3]);
    expect(found[0]).toMatchObject({
      since: START,
      calls: 4,
      eventIds: ["c0", "c1", "c2", "c3"],
      facts: { observed: 4, expected: 3, window: 60, baseline: { source: "ceiling", n: 0 } },
    });
  });

  it("takes a window as half-open: its older edge lies outside", () => {
    expect(isSilent(rule, calls([0, 10, 20, 60]))).toBe(true);
    expect(isSilent(rule, calls([0.001, 10, 20, 60]))).toBe(false);
  });

  it("sees a window that a late call fills", () => {
    expect(isSilent(rule, calls([0, 20, 50, 10]))).toBe(false);
    expect(isSilent(rule, calls([30, 50, 85, 90, 40].slice(0, 4)))).toBe(true);
    expect(isSilent(rule, calls([30, 50, 85, 40]))).toBe(false);
  });

  it("does not mix keys", () => {
    const stream = calls([0, 10, 20, 30]).map((call, i) => ({
      ...call,
      flow: i % 2 ? "a" : "b",
      event: { ...call.event, identity: { id: i % 2 ? "a" : "b" } },
    }));
    expect(isSilent(rule, stream)).toBe(true);
  });

  it("brings every call once, against the limit at their own mean cost", () => {
    const stream = calls([0, 10, 20, 30, 40, 50]);
    const sum = sumOf(signals(rule, stream));
    expect(sum).toMatchObject({ calls: 6, observed: costOfAll(stream), unpriced: 0 });
    expect(sum.expected).toBe((costOfAll(stream) * 3n) / 6n);
  });

  it("starts a sum of its own after the quiet of its episode", () => {
    const later = 6 * 3_600 + 100;
    const stream = [...calls([0, 10, 20, 30]), ...calls([0, 10, 20, 30].map((s) => s + later))];
    const found = signals(rule, stream);
    expect(found).toHaveLength(2);
    expect(found[1]).toMatchObject({ calls: 4, facts: { calls: 4 } });
    expect(found[1]!.expected).toBe(found[0]!.expected);
  });

  it("says that money is unknown where no call has a price", () => {
    const stream = calls([0, 1, 2, 3]).map((call) => ({ ...call, cost: null }));
    expect(signals(rule, stream)[0]).toMatchObject({ observed: null, unpriced: 4, expected: 0n });
  });

  it("comes to the same whatever the order within a minute, and once where all comes twice", () => {
    const stream = fc.array(fc.integer({ min: 0, max: 59 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(stream, fc.infiniteStream(fc.nat()), (seconds, random) => {
        const ordered = calls(seconds.toSorted((a, b) => a - b));
        const late = ordered
          .map((call) => ({ call, key: random.next().value! % 97 }))
          .toSorted((a, b) => a.key - b.key)
          .map(({ call }) => call);
        expect(outcome(signals(rule, late))).toEqual(outcome(signals(rule, ordered)));
      }),
    );
  });

  it("finds exactly the windows a plain count finds", () => {
    const offsets = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(offsets, (seconds) => {
        const ordered = seconds.toSorted((a, b) => a - b);
        const above = ordered.some(
          (end) => ordered.filter((second) => second > end - 60 && second <= end).length > 3,
        );
        expect(isSilent(rule, calls(ordered))).toBe(!above);
      }),
    );
  });

  it("keeps a bounded number of calls, and lets go when nothing can come of them", () => {
    const drive = driveDetector(rule.detector);
    for (let i = 0; i < 2_000; i++) drive.feed(calls([i / 100])[0]!);
    const [state] = [...drive.states.values()] as [{ entries: unknown[] }];
    expect(state.entries.length).toBeLessThanOrEqual(512);
    expect(rule.detector.idle(state, START + 11 * MINUTE, {})).toBe(false);
    expect(rule.detector.idle(state, START + 7 * HOUR, {})).toBe(true);
  });
});

describe("distinct", () => {
  it("counts values, not calls", () => {
    expect(isSilent(DISTINCT, calls([0, 1, 2, 3, 4, 5], ["a", "b", "c", "a", "b", "c"]))).toBe(
      true,
    );
    expect(isSilent(DISTINCT, calls([0, 1, 2, 3, 4, 5], ["a", "b", "c", "a", "b", "d"]))).toBe(
      false,
    );
  });

  it("leaves out what is not selected or does not say", () => {
    const stream = calls([0, 1, 2, 3]);
    const retried = stream.map((c) => ({ ...c, event: { ...c.event, usage: { retries: 1 } } }));
    expect(isSilent(DISTINCT, retried)).toBe(true);
    const bare = stream.map((c) => ({ ...c, event: { ...c.event, flow: { session: "s" } } }));
    expect(isSilent(DISTINCT, bare)).toBe(true);
  });
});

describe("sum", () => {
  const withTokens = (tokens: readonly (number | undefined)[]): Observed[] =>
    calls(tokens.map((_, i) => i)).map((call, i) => ({
      ...call,
      event: { ...call.event, usage: tokens[i] === undefined ? {} : { output_tokens: tokens[i] } },
    }));

  it("adds amounts, not calls: one call may be enough", () => {
    expect(isSilent(SUM, withTokens([1, 2]))).toBe(true);
    expect(signals(SUM, withTokens([4]))[0]).toMatchObject({ calls: 1, facts: { observed: 4 } });
  });

  it("leaves out calls that do not say, or say nothing", () => {
    const found = signals(SUM, withTokens([undefined, 0, 2, 2]));
    expect(found.map(({ index, calls: n }) => [index, n])).toEqual([[3, 2]]);
  });

  it("expects as much as is ordinary, at what a unit really cost", () => {
    const [first] = signals(SUM, withTokens([12]));
    expect(first!.expected).toBe(first!.observed! / 4n);
  });
});

describe("a correlation that cannot be meant", () => {
  const GOOD = "{ type: count, by: [identity.id], window: 60s, condition: { gt: 3 } }";
  it.each<[string, string, string]>([
    ["neither", "", "one of the two"],
    ["both", `detector: prompt-loop\nentity: flow\ncorrelate: ${GOOD}`, "one of the two"],
    ["a selection alone", "select: { events: {} }", "`select` needs `correlate`"],
    ["nobody", `correlate: ${GOOD}`, "`correlate` needs `entity`"],
    [
      "an entity beside a detector",
      "detector: prompt-loop\nentity: flow",
      "a detector says itself",
    ],
    [
      "an unknown field",
      `entity: flow\ncorrelate: { type: distinct, field: flow.spam, by: [flow.rot], window: 1m, condition: { gt: 3 } }`,
      'did you mean "flow.root"?',
    ],
    [
      "a window beyond seven days",
      `entity: flow\ncorrelate: { type: count, window: 8d, condition: { gt: 3 } }`,
      "7d at most",
    ],
    [
      "no window",
      `entity: flow\ncorrelate: { type: count, condition: { gt: 3 } }`,
      "needs a window",
    ],
    ["no condition", `entity: flow\ncorrelate: { type: count, window: 1m }`, "still ordinary"],
    [
      "more than the bound",
      `entity: flow\ncorrelate: { type: count, window: 1m, condition: { gt: 300 } }`,
      "1 to 256",
    ],
    [
      "no field",
      `entity: flow\ncorrelate: { type: distinct, window: 1m, condition: { gt: 3 } }`,
      "needs a field",
    ],
    [
      "a selection that is not there",
      `entity: flow\nselect: { calls: {} }\ncorrelate: { type: count, on: cals, window: 1m, condition: { gt: 3 } }`,
      'did you mean "calls"?',
    ],
    [
      "a field of texts to sum up",
      `entity: flow\ncorrelate: { type: sum, field: flow.span, window: 1m, condition: { gt: 3 } }`,
      "adds numbers",
    ],
    ["no steps", `entity: flow\ncorrelate: { type: ordered, window: 1m }`, "needs steps"],
    [
      "steps of another kind",
      `entity: flow\nselect: { a: {} }\ncorrelate: { type: count, window: 1m, condition: { gt: 3 }, steps: [{ on: a }, { on: a }] }`,
      "takes no steps",
    ],
    [
      "a step that is not selected",
      `entity: flow\nselect: { calls: {} }\ncorrelate: { type: ordered, window: 1m, steps: [{ on: calls }, { on: cals }] }`,
      'did you mean "calls"?',
    ],
    [
      "a last step of several events",
      `entity: flow\nselect: { a: {} }\ncorrelate: { type: ordered, window: 1m, steps: [{ on: a }, { on: a, count: 2 }] }`,
      "the last step is a single event",
    ],
    [
      "a limit of steps",
      `entity: flow\nselect: { a: {} }\ncorrelate: { type: ordered, window: 1m, condition: { gt: 3 }, steps: [{ on: a }, { on: a }] }`,
      "takes no condition",
    ],
  ])("names %s", (_, text, message) => {
    const { rules, problems } = compileRule(`${text}\n`);
    expect(rules).toEqual([]);
    expect(problems.map((problem) => problem.message).join("\n")).toContain(message);
  });
});

function outcome(found: readonly Signal[]) {
  const { calls: n, observed, expected, unpriced } = sumOf(found);
  const most = Math.max(0, ...found.map(({ facts }) => Number(facts["observed"])));
  return { n, observed, expected, unpriced, most };
}

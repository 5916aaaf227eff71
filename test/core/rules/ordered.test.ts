import { describe, expect, it } from "vitest";
import type { Observed } from "#core/detector.ts";
import { MINUTE } from "#core/time.ts";
import { compileRule } from "#test/support/correlation-rule.ts";
import { driveDetector, signalsOf } from "#test/support/drive-detector.ts";
import { observedAt, START } from "#test/support/observed.ts";

const TESTS = `
  - { name: d, kind: wrong_order, expect: { alert: 0 }, events: [{ at: +0s }] }
`;
const TEXT = `
entity: identity
select:
  looked: { outcome.status: denied }
  asked: { outcome.status: error }
  used: { outcome.status: ok }
correlate:
  type: ordered
  by: [identity.id]
  window: 10m
  steps:
    - { on: looked, count: 2, distinct: model.name }
    - { on: asked }
    - { on: used }
`;
const { rules, problems } = compileRule(TEXT, undefined, TESTS);
const [rule] = rules;

type Status = "denied" | "error" | "ok";

/** Calls a minute apart, each of a model of its own unless it names one after a colon. */
function calls(...statuses: readonly string[]): Observed[] {
  return statuses.map((text, i) => {
    const [status, model = `m${i}`] = text.split(":");
    return observedAt(START + i * MINUTE, {
      id: `c${i}`,
      identity: { id: "svc" },
      model: { requested: model },
      outcome: { status: status as Status },
      cost: { amount: "0.01" },
    });
  });
}

const found = (stream: readonly Observed[]): number[] =>
  signalsOf(rule!.detector, stream).map(({ index }) => index);

describe("ordered", () => {
  it("must show itself on the wrong order, too", () => {
    expect(problems).toEqual([]);
    const messages = compileRule(TEXT).problems.map(({ message }) => message);
    expect(messages).toEqual(["a test of kind wrong_order is missing"]);
  });

  it("speaks at the event that makes the last step", () => {
    expect(found(calls("denied", "denied", "error", "ok"))).toEqual([3]);
    expect(found(calls("denied", "denied", "ok", "error", "denied"))).toEqual([]);
  });

  it("takes the steps in their order only", () => {
    expect(found(calls("error", "denied", "denied", "ok"))).toEqual([]);
    expect(found(calls("ok", "denied", "denied", "error"))).toEqual([]);
    expect(found(calls("denied", "error", "denied", "ok"))).toEqual([]);
  });

  it("lets other events come in between", () => {
    expect(found(calls("denied", "ok", "error", "denied", "ok", "error", "ok"))).toEqual([6]);
  });

  it("counts what differs, where the rule says what", () => {
    expect(found(calls("denied:a", "denied:a", "error", "ok"))).toEqual([]);
    expect(found(calls("denied:a", "denied:a", "denied:b", "error", "ok"))).toEqual([4]);
  });

  it("wants all of it within the window", () => {
    const idle = Array.from({ length: 7 }, () => "throttled");
    expect(found(calls("denied", "denied", ...idle.slice(1), "error", "ok"))).toEqual([9]);
    expect(found(calls("denied", "denied", ...idle, "error", "ok"))).toEqual([]);
  });

  it("brings every event once, and expects none of them", () => {
    const stream = calls("denied", "denied", "error", "ok", "ok");
    const [first, second] = signalsOf(rule!.detector, stream);
    expect(first).toMatchObject({
      since: START,
      calls: 4,
      observed: 40_000_000_000n,
      expected: 0n,
      eventIds: ["c0", "c1", "c2", "c3"],
      facts: { observed: 3, expected: 3, window: 600 },
    });
    expect(second).toMatchObject({ calls: 1, eventIds: ["c4"], facts: { observed: 3 } });
  });

  it("counts a step that comes late from the next event of the last one", () => {
    const [a, b, late, use, next] = calls("denied", "denied", "error", "ok", "ok");
    expect(found([a!, b!, use!, late!, next!])).toEqual([4]);
  });

  it("keeps nothing of who never made an earlier step, and a bounded number of events", () => {
    const drive = driveDetector(rule!.detector);
    for (const call of calls("ok", "ok", "ok")) drive.feed(call);
    expect(drive.states.size).toBe(0);
    const many = Array.from({ length: 1_000 }, (_, i) =>
      observedAt(START + i, {
        id: `d${i}`,
        identity: { id: "svc" },
        model: { requested: `m${i}` },
        outcome: { status: "denied" },
      }),
    );
    for (const call of many) drive.feed(call);
    const [state] = [...drive.states.values()] as [{ entries: unknown[] }];
    expect(state.entries.length).toBe(128);
    expect(rule!.detector.idle(state, START + 10 * MINUTE, {})).toBe(false);
    expect(rule!.detector.idle(state, START + 21 * MINUTE, {})).toBe(true);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FactValue } from "#core/detector.ts";
import type { UsageEvent } from "#core/event.ts";
import type { Finding } from "#core/finding/finding.ts";
import { createProgram } from "#core/pipeline/program.ts";
import type { ResolvedEvent } from "#core/pipeline/sort-window.ts";
import { createPartitionState } from "#core/pipeline/state.ts";
import { fold } from "#core/pipeline/fold.ts";
import { DEFAULT_IMPACT } from "#core/severity.ts";
import { DAY, type EventTime, HOUR, MINUTE } from "#core/time.ts";
import { loadRules } from "#services/rules/load.ts";
import type { Overrides } from "#test/support/events.ts";
import { findingsOf, type FoldRun, startFold } from "#test/support/fold-run.ts";
import { resolvedAt, START } from "#test/support/observed.ts";

const PROGRAM = createProgram(
  loadRules().filter(({ rule }) => rule.family === "new-tenant"),
  DEFAULT_IMPACT,
);
const CLIENT = { network: { user_agent: "openai-node/6.8.1" } };

/** A fold whose log says that it began at the start of the tests. */
function begun(at: EventTime = START): FoldRun {
  const state = createPartitionState();
  const run = startFold(PROGRAM, state);
  fold(PROGRAM, state, { kind: "start", sequence: 1, at }, run.outputs);
  return run;
}

const call = (offset: EventTime, event: Overrides<UsageEvent> = {}): ResolvedEvent =>
  resolvedAt(START + offset, { cost: { amount: "1" }, ...CLIENT, ...event });
const send = (run: FoldRun, ...events: ResolvedEvent[]): FoldRun => {
  for (const event of events) run.event(event);
  return run;
};
const found = (run: FoldRun): Finding[] => {
  run.tick(START + 60 * DAY);
  return findingsOf(run.outputs.findings);
};
const rules = (run: FoldRun): string[] => found(run).map(({ rule }) => rule.split(".")[1]!);

describe("first seen", () => {
  it.each<[string, Overrides<UsageEvent>, string]>([
    ["a tenant", { tenant: "globex" }, "tenant"],
    ["a customer", { attribution: { customer: "helmond" } }, "customer"],
    [
      "an identity with all that is its own",
      { identity: { id: "x", credential: "y" } },
      "identity",
    ],
    ["a credential of a known identity", { identity: { credential: "fp-2" } }, "credential"],
    ["a model", { model: { requested: "o3" } }, "model"],
    ["a network", { network: { ...CLIENT.network, asn: 64_500 } }, "network"],
    ["a client", { network: { user_agent: "curl/8.5.0" } }, "client"],
  ])("opens one finding of %s", (_, event, rule) => {
    const run = send(begun(), call(0), call(8 * DAY, event), call(8 * DAY + HOUR, event));
    expect(rules(run)).toEqual([rule]);
  });

  it("is silent on anything in the first seven days of the log", () => {
    const run = send(begun(), call(0), call(7 * DAY - 1, { model: { requested: "o3" } }));
    expect(rules(send(run, call(8 * DAY, { model: { requested: "o3" } })))).toEqual([]);
  });

  it("learns the values of a new tenant for seven days of its own", () => {
    const other = (offset: EventTime, requested: string): ResolvedEvent =>
      call(offset, { tenant: "globex", model: { requested } });
    const run = send(begun(), call(0), other(8 * DAY, "a"), other(15 * DAY - 1, "b"));
    expect(rules(send(run, other(15 * DAY, "c")))).toEqual(["tenant", "model"]);
  });

  it("adds what the value costs in a day, against nothing", () => {
    const event = { model: { requested: "o3" } };
    const offsets = [8 * DAY, 8 * DAY + HOUR, 9 * DAY, 9 * DAY + 1];
    const run = send(begun(), call(0), ...offsets.map((offset) => call(offset, event)));
    const [{ showback, severity, facts }] = found(run) as [Finding];
    expect(showback).toMatchObject({ observed: "3", expected: "0", excess: "3" });
    expect([severity, facts["value"], facts["known"]]).toEqual(["info", "o3", 2]);
  });

  it("keeps two new values of one identity apart", () => {
    const run = send(
      begun(),
      call(0),
      call(8 * DAY, { model: { requested: "a" } }),
      call(8 * DAY, { model: { requested: "b" } }),
    );
    expect(
      found(run)
        .map(({ facts }) => text(facts["value"]))
        .toSorted((a, b) => (a < b ? -1 : 1)),
    ).toEqual(["a", "b"]);
  });

  it("never takes up what its log does not say it began", () => {
    const run = startFold(PROGRAM);
    expect(rules(send(run, call(0), call(8 * DAY, { tenant: "globex" })))).toEqual([]);
  });

  it("does not let a second start move the first one later", () => {
    const run = begun();
    fold(PROGRAM, run.state, { kind: "start", sequence: 2, at: START + 5 * DAY }, run.outputs);
    expect(run.state.started).toBe(START);
    expect(rules(send(run, call(8 * DAY, { tenant: "globex" })))).toEqual(["tenant"]);
  });

  it("remembers so many values of a key, and nothing is new beyond", () => {
    const run = send(begun(), call(0));
    for (let i = 0; i < 100; i++) send(run, call(8 * DAY + i, { model: { requested: `m${i}` } }));
    expect(found(run)).toHaveLength(63);
  });

  it("bears values that are names of objects' own", () => {
    for (const requested of ["__proto__", "constructor", "toString"]) {
      const event = { model: { requested } };
      const run = send(begun(), call(0), call(8 * DAY, event), call(8 * DAY + 1, event));
      expect(rules(run).length).toBeLessThanOrEqual(1);
    }
  });

  it("does not take an identity for new that comes back after months", () => {
    const run = send(begun(), call(0), call(9 * DAY, { identity: { id: "other" } }));
    send(run, call(80 * DAY, { model: { requested: "o3" } }));
    expect(rules(run)).toEqual(["identity"]);
  });

  it("finds the same in any order within a minute, and where all comes twice", () => {
    const values = fc.array(fc.constantFrom("a", "b", "c", "d"), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(
        values,
        fc.array(fc.nat(59_000), { minLength: 12, maxLength: 12 }),
        (names, ms) => {
          const events = names.map((requested, i) =>
            call(8 * DAY + MINUTE + ms[i]!, { id: `n${i}`, model: { requested } }),
          );
          const shown = (run: FoldRun) =>
            found(run)
              .map(({ rule, facts, severity, showback }) =>
                [rule, text(facts["value"]), severity, showback.observed].join(" "),
              )
              .toSorted();
          const ordered = events.toSorted((a, b) => a.at - b.at);
          const straight = shown(send(begun(), call(0), ...ordered));
          expect(shown(send(begun(), call(0), ...events))).toEqual(straight);
          expect(shown(send(begun(), call(0), ...ordered, ...events))).toEqual(straight);
        },
      ),
      { numRuns: 40 },
    );
  });
});

function text(fact: FactValue | undefined): string {
  return typeof fact === "string" ? fact : "";
}

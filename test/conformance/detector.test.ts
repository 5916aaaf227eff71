import { beforeAll, describe, expect, it } from "vitest";
import type { FactValue, Observed, Signal } from "#core/detector.ts";
import { SECTIONS } from "#core/event-fields.ts";
import type { UsageEvent } from "#core/event.ts";
import type { CompiledRule } from "#core/pipeline/program.ts";
import { DAY, formatTime, HOUR, MINUTE, SECOND } from "#core/time.ts";
import { DETECTORS } from "#detectors/index.ts";
import { loadRules } from "#services/rules/load.ts";
import { driveDetector, signalsOf } from "#test/support/drive-detector.ts";
import { observedAt, START } from "#test/support/observed.ts";
import { createRandom } from "#test/support/random.ts";
import { resolvedTest, toObserved } from "#test/support/rule-events.ts";
import { troubledStream } from "#test/support/streams.ts";

const RULES = loadRules();
/** Plain JSON of a state may not grow beyond this, whatever is sent. */
const LARGEST_STATE = 64 * 1_024;

describe.each(DETECTORS.map((detector) => [detector.id, detector] as const))(
  "%s",
  (_, detector) => {
    const compiled = RULES.find((rule) => rule.detector === detector)!;
    const { params } = compiled?.rule ?? {};
    let attack: Observed[];
    let mixed: Observed[];

    beforeAll(() => {
      attack = attackOf(compiled);
      mixed = [...attack.slice(0, 500), ...troubled(9)];
    });

    it("is named by a rule whose parameters are its own, and says what it does", () => {
      expect(compiled).toBeDefined();
      expect(detector.params.parse(params)).toEqual(compiled.params);
      expect(detector.params.safeParse({ ...params, no_such_parameter: 1 }).success).toBe(false);
      expect(detector.id).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(detector.version).toBeGreaterThanOrEqual(1);
      expect(detector.summary).toMatch(/^[A-Z].*\.$/);
      expect(Object.keys(detector.reasons).length).toBeGreaterThan(0);
      for (const text of [...Object.values(detector.facts), ...Object.values(detector.reasons)]) {
        expect(text).not.toBe("");
      }
    });

    it("fires on its own rule's attack, with documented reasons and facts", () => {
      const signals = [
        ...signalsOf(detector, attack, params),
        ...signalsOf(detector, mixed, params),
      ];
      expect(signals.length).toBeGreaterThan(0);
      for (const { reason, facts } of signals) {
        expect(Object.keys(detector.reasons)).toContain(reason);
        for (const name of Object.keys(facts)) expect(Object.keys(detector.facts)).toContain(name);
      }
      expect(new Set(signals.flatMap(({ facts }) => Object.keys(facts)))).toEqual(
        new Set(Object.keys(detector.facts)),
      );
    });

    it("answers equal streams equally", () => {
      expect(signalsOf(detector, mixed, params)).toEqual(signalsOf(detector, mixed, params));
    });

    it("goes on from plain JSON at any point", () => {
      const drive = driveDetector(detector, params);
      const signals = mixed.flatMap((observed) => {
        const answer = drive.feed(observed);
        const key = detector.key(observed, detector.params.parse(params));
        const state = key === null ? undefined : drive.states.get(key);
        if (state !== undefined) drive.states.set(key!, JSON.parse(JSON.stringify(state)));
        return answer;
      });
      expect(signals).toEqual(signalsOf(detector, mixed, params).map(withoutIndex));
    });

    it("does not change the events it is shown", () => {
      const frozen = mixed.map((observed) => deepFreeze(structuredClone(observed)));
      expect(signalsOf(detector, frozen, params)).toEqual(signalsOf(detector, mixed, params));
    });

    it("bears the absence of any optional field", () => {
      const some = mixed.slice(0, 700);
      for (const [section, fields] of SECTIONS) {
        for (const field of [null, ...fields.keys()]) {
          const stream = some.map((observed) => without(observed, section, field));
          expect(unsound(signalsOf(detector, stream, params))).toEqual([]);
        }
      }
      const bare = some.map(({ at }, i) => ({ ...bareEvent(i, at), at, cost: null, flow: null }));
      expect(() => signalsOf(detector, bare, params)).not.toThrow();
    });

    it.each<[string, (observed: Observed, i: number) => Observed]>([
      ["nothing", (o) => ({ ...o, cost: 0n })],
      ["the same", (o) => ({ ...o, cost: 1n })],
      ["more than doubles hold", (o, i) => ({ ...o, cost: 10n ** 24n + BigInt(i) })],
      ["less than nothing", (o) => ({ ...o, cost: -5n })],
      ["an unknown sum", (o) => ({ ...o, cost: null })],
    ])("gives finite figures where every call costs %s", (_name, change) => {
      for (const stream of [attack, mixed]) {
        expect(unsound(signalsOf(detector, stream.map(change), params))).toEqual([]);
      }
    });

    it("gives finite figures where all happens at one moment", () => {
      const moment = mixed.map((observed) => ({ ...observed, at: START }));
      expect(unsound(signalsOf(detector, moment, params))).toEqual([]);
    });

    it("keeps its state small over a hundred thousand calls of one key", () => {
      const drive = driveDetector(detector, params);
      const { event, shadow } = attack.findLast((one) => detector.key(one, params) !== null)!;
      const flow = { session: "s", agent: "a" };
      for (let i = 0; i < 100_000; i++) {
        const at = START + i * 700;
        const content = { prompt_digest: `p${i % 3}`, result_digest: `r${i % 7}` };
        const call = { event: { ...event, id: `${i}`, flow, content }, at, cost: 1n, flow: "s" };
        drive.feed(shadow ? { ...call, shadow } : call);
      }
      // What such a stream is no beginning of keeps nothing.
      expect(drive.states.size).toBeLessThanOrEqual(1);
      if (!detector.begins) expect(drive.states.size).toBe(1);
      for (const state of drive.states.values()) {
        expect(JSON.stringify(state).length).toBeLessThan(LARGEST_STATE);
      }
    });

    it("is silent on ordinary work", () => {
      expect(signalsOf(detector, ordinaryWork(), params)).toEqual([]);
    });

    it("lets every state go in the end, and none while it is in use", () => {
      const drive = driveDetector(detector, params);
      for (const observed of attack) drive.feed(observed);
      const last = attack.at(-1)!;
      expect(drive.states.size).toBeGreaterThan(0);
      for (const state of drive.states.values()) {
        expect(detector.idle(state, last.at + 365 * DAY, compiled.params)).toBe(true);
      }
      const current = drive.states.get(detector.key(last, compiled.params)!);
      expect(detector.idle(current, last.at, compiled.params)).toBe(false);
    });
  },
);

function attackOf({ rule }: CompiledRule): Observed[] {
  const test = rule.tests.find(({ kind }) => kind === "true_positive")!;
  return resolvedTest(test).map(toObserved);
}

const troubled = (seed: number): Observed[] => troubledStream(seed, "acme").map(toObserved);

/** Signals whose figures no person can read or no store can hold: not finite, or a score beyond 0 and 1. */
function unsound(signals: readonly Signal[]): Signal[] {
  return signals.filter(
    ({ score, calls, unpriced, eventIds, since, facts }) =>
      !(score >= 0 && score <= 1 && calls > 0 && unpriced <= calls) ||
      eventIds.length === 0 ||
      ![since, ...Object.values(facts).flatMap(numbersIn)].every(Number.isFinite),
  );
}

function numbersIn(fact: FactValue): number[] {
  const values = typeof fact === "object" && fact !== null ? Object.values(fact) : [fact];
  return values.filter((value) => typeof value === "number");
}

function withoutIndex({ index: _index, ...signal }: Signal & { index: number }): Signal {
  return signal;
}

function without(observed: Observed, section: string, field: string | null): Observed {
  const event = structuredClone(observed.event) as unknown as Record<
    string,
    Record<string, unknown>
  >;
  if (field === null) delete event[section];
  else if (event[section]) delete event[section][field];
  return { ...toObserved({ ...observed, event: event as unknown as UsageEvent }) };
}

function bareEvent(i: number, at: number): { event: UsageEvent } {
  const time = formatTime(at);
  return { event: { id: `${i}`, time, source: "test", type: "usage", tenant: "acme" } };
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    for (const inner of Object.values(value)) deepFreeze(inner);
    Object.freeze(value);
  }
  return value;
}

/** Nine days of a service at a steady pace and of agent sessions that never do the same twice. */
function ordinaryWork(): Observed[] {
  const random = createRandom(4);
  const work: Observed[] = [];
  for (let hour = 0; hour < 9 * 24; hour++) {
    const start = START + hour * HOUR;
    for (let i = 0, calls = 20 + random.below(4); i < calls; i++) {
      work.push(observedAt(start + i * 2 * MINUTE, { identity: { id: "svc" }, flow: undefined }));
    }
    for (let i = 0, calls = 10 + random.below(30); i < calls; i++) {
      const digests = { prompt_digest: `p${hour}-${i}`, result_digest: `r${random.below(5)}` };
      work.push(
        observedAt(start + i * (5 + random.below(20)) * SECOND, {
          identity: { id: "bot" },
          flow: { session: `s${hour}`, agent: "main" },
          content: digests,
        }),
      );
    }
  }
  return work.toSorted((a, b) => a.at - b.at);
}

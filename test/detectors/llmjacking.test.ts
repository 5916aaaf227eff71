import { describe, expect, it } from "vitest";
import type { Observed, Signal } from "#core/detector.ts";
import type { UsageEvent } from "#core/event.ts";
import { DAY, type EventTime, HOUR, MINUTE, SECOND } from "#core/time.ts";
import { llmjacking } from "#detectors/llmjacking.ts";
import { Params } from "#detectors/llmjacking/params.ts";
import { addMark, type Marks, scoreOf, strengthOf } from "#detectors/llmjacking/marks.ts";
import { driveDetector, signalsOf, sumOf } from "#test/support/drive-detector.ts";
import type { Overrides } from "#test/support/events.ts";
import { observedAt, START } from "#test/support/observed.ts";

const HOME = { asn: 64_500, user_agent: "openai-node/6.8.1" };
const AWAY = { asn: 64_999, user_agent: "python-requests/2.32" };
const NOW = 8 * DAY;
const WEIGHING = Params.parse({});

const call = (offset: EventTime, event: Overrides<UsageEvent> = {}): Observed =>
  observedAt(START + offset, { network: HOME, ...event });
const rejected = (offset: EventTime, requested: string, more: Overrides<UsageEvent> = {}) =>
  call(offset, {
    model: { requested, served: undefined },
    usage: { input_tokens: 0, output_tokens: 0 },
    cost: { amount: "0" },
    outcome: { status: "error", error_class: "validation" },
    ...more,
  });
const denied = (offset: EventTime, requested: string) =>
  call(offset, {
    model: { requested },
    outcome: { status: "denied", error_class: "access_denied" },
  });
/** Eight days, four calls an hour. */
const history = (until: EventTime = NOW): Observed[] =>
  Array.from({ length: until / (15 * MINUTE) }, (_, i) => call(i * 15 * MINUTE));
const after = (...calls: Observed[]): (Signal & { index: number })[] =>
  signalsOf(llmjacking, [...history(), ...calls]);
const score = (found: readonly Signal[]): number =>
  Math.max(0, ...found.map(({ facts }) => Number(facts["score"])));
const many = (n: number, make: (i: number) => Observed): Observed[] =>
  Array.from({ length: n }, (_, i) => make(i));

describe("the score", () => {
  const marks = (...signs: [keyof Marks, number?][]): Marks => {
    const all: Marks = {};
    for (const [sign, at = 0] of signs) addMark(all, sign, { at, strength: 1, value: 1 }, WEIGHING);
    return all;
  };

  it("is 0.8 of the weight at the threshold and all of it at three times", () => {
    expect([1, 2, 3, 9].map((value) => strengthOf(value, 1))).toEqual([0.8, 0.9, 1, 1]);
  });

  it.each<[string, Marks, number, number]>([
    ["one group", marks(["zero_token_probe"]), 45, 1],
    [
      "two signs of one group as the heavier",
      marks(["zero_token_probe"], ["access_denied"]),
      45,
      1,
    ],
    ["a network and a client as one group", marks(["new_network"], ["new_client"]), 30, 1],
    ["probe, client and volume", marks(["zero_token_probe"], ["new_client"], ["own_peak"]), 79, 3],
    ["silence, client and volume", marks(["reactivated"], ["new_client"], ["own_peak"]), 77, 3],
  ])("counts %s", (_, all, expected, groups) => {
    const found = scoreOf(all, 0, WEIGHING);
    expect([Math.round(found.score), found.groups]).toEqual([expected, groups]);
  });

  it("halves with each day", () => {
    expect(scoreOf(marks(["zero_token_probe"]), DAY, WEIGHING).score).toBeCloseTo(22.5, 9);
  });
});

describe("llmjacking", () => {
  const attack = [
    ...many(6, (i) => rejected(NOW + i * 3 * SECOND, `m${i}`, { network: AWAY })),
    ...many(10, (i) => call(NOW + (2 + i) * MINUTE, { model: { requested: "o3" }, network: AWAY })),
  ];

  it("opens with the first call that fits, and shows every sign", () => {
    const found = after(...attack);
    expect(found[0]!.index).toBe(history().length);
    expect(found.at(-1)).toMatchObject({
      entity: { type: "credential", id: "fp-1" },
      reason: "composite",
      facts: {
        groups: 3,
        zero_token_probe: { group: "A", weight: 0.45, value: 6 },
        new_network: { group: "B", weight: 0.3, strength: 1, value: 1, age: 11 * 60 },
        new_client: { group: "B" },
        new_model: { group: "C" },
        own_peak: null,
      },
    });
    expect(score(found)).toBeGreaterThanOrEqual(70);
  });

  it("brings every call from the first odd one on, each once", () => {
    expect(sumOf(after(...attack))).toMatchObject({ calls: attack.length });
  });

  it("expects what the identity's baseline spends in the time", () => {
    const long = [...attack, call(NOW + 6 * HOUR, { model: { requested: "o3" } })];
    const { expected } = sumOf(after(...long));
    // Four calls an hour of 0.006 USD, over 192 of the 168 hours the week has room for.
    expect(Number(expected) / 1e12).toBeCloseTo(6 * 4 * 0.006, 1);
  });

  it("calls an identity without a credential by its name", () => {
    const bare = [...history(), ...attack].map((observed) => ({
      ...observed,
      event: { ...observed.event, identity: { id: "svc" } },
    }));
    expect(signalsOf(llmjacking, bare)[0]?.entity).toEqual({ type: "identity", id: "svc" });
  });

  it("ends when the signs have faded", () => {
    const found = after(...attack, call(NOW + 3 * DAY), call(NOW + 3 * DAY + MINUTE));
    expect(found.at(-1)!.index).toBe(history().length + attack.length - 1);
  });

  it.each<[string, Observed[]]>([
    ["a new model alone", many(20, (i) => call(NOW + i * MINUTE, { model: { requested: "o3" } }))],
    ["a new network and client", many(20, (i) => call(NOW + i * MINUTE, { network: AWAY }))],
    [
      "a rotated key elsewhere",
      many(50, (i) => call(NOW + i * MINUTE, { identity: { credential: "fp-2" }, network: AWAY })),
    ],
    [
      "four invalid calls a minute",
      many(4, (i) => rejected(NOW + i * 10 * SECOND, "claude-sonnet-4-5")),
    ],
    ["three refusals in an hour", many(3, (i) => denied(NOW + i * MINUTE, "claude-sonnet-4-5"))],
    ["much more of the same", many(400, (i) => call(NOW + i * 9 * SECOND))],
  ])("is silent on %s", (_, calls) => {
    expect(after(...calls)).toEqual([]);
  });

  it("never calls a bug on one model more than low", () => {
    const found = after(...many(60, (i) => rejected(NOW + i * SECOND, "claude-sonnet-4-5")));
    expect(score(found)).toBe(45);
  });

  it("adds refusals up over all models", () => {
    const found = after(...many(12, (i) => denied(NOW + i * MINUTE, `m${i % 4}`)));
    expect(found.at(-1)?.facts["access_denied"]).toMatchObject({ value: 12, strength: 1 });
  });

  it("knows a credential that wakes after a month", () => {
    const late = many(12, (i) => call(NOW + 31 * DAY + i * MINUTE, { network: AWAY }));
    const found = after(...late);
    expect(found.at(-1)?.facts["reactivated"]).toMatchObject({ group: "D" });
    expect(score(found)).toBeGreaterThan(60);
  });

  it("counts volume beside other signs only", () => {
    const busy = many(300, (i) => call(NOW + i * 10 * SECOND, { network: AWAY }));
    expect(after(...busy).at(-1)?.facts["own_peak"]).toMatchObject({ group: "E", weight: 0.45 });
    expect(score(after(...busy))).toBeGreaterThan(55);
  });

  it("keeps about two kilobytes of a credential, whatever it does", () => {
    const drive = driveDetector(llmjacking);
    for (let i = 0; i < 3_000; i++) {
      const network = { asn: i, user_agent: `client-${i}/1` };
      const make = i % 3 ? rejected : denied;
      const observed = make(i * MINUTE, `some-model-of-a-provider-${i}`);
      drive.feed({ ...observed, event: { ...observed.event, network } });
    }
    const [state] = [...drive.states.values()];
    expect(JSON.stringify(state).length).toBeLessThan(3_000);
  });
});

import { describe, expect, it } from "vitest";
import { DAY, HOUR, MINUTE } from "#core/time.ts";
import { createAdminHabits, observeAdmin } from "#detectors/llmjacking/admin.ts";
import { createDayShape, wakingHours } from "#detectors/llmjacking/day-shape.ts";
import { Params } from "#detectors/llmjacking/params.ts";
import { chainOf, type Marks } from "#detectors/llmjacking/marks.ts";
import { createSpread, spreadOver } from "#detectors/llmjacking/spread.ts";
import { START } from "#test/support/observed.ts";

const PARAMS = Params.parse({});

describe("the spread of a credential", () => {
  it("counts the values of a window where they are more than ever", () => {
    const spread = createSpread();
    const counts = ["DE", "FR", "DE", "US"].map((value, i) =>
      spreadOver(spread, value, START + i * MINUTE, HOUR),
    );
    expect(counts).toEqual([1, 2, 0, 3]);
    expect(spreadOver(spread, "BR", START + 3 * HOUR, HOUR)).toBe(0);
  });

  it("remembers twelve values and forgets the oldest", () => {
    const spread = createSpread();
    for (let i = 0; i < 40; i++) spreadOver(spread, `v${i}`, START + i * DAY, HOUR);
    expect(spread.seen.map(({ value }) => value)).toHaveLength(12);
    expect(spread.seen.some(({ value }) => value === "v39")).toBe(true);
    expect(spread.seen.some(({ value }) => value === "v0")).toBe(false);
  });
});

describe("the shape of a day", () => {
  const hours = (shape: ReturnType<typeof createDayShape>, day: number, from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) =>
      wakingHours(shape, day * DAY + (from + i) * HOUR),
    ).at(-1);

  it("counts the hours of a day on a credential that used to rest", () => {
    const shape = createDayShape();
    expect(hours(shape, 1, 8, 18)).toBe(10);
    expect(hours(shape, 2, 0, 22)).toBe(22);
  });

  it("says nothing of one that never rested", () => {
    const shape = createDayShape();
    hours(shape, 1, 0, 24);
    expect(hours(shape, 2, 0, 24)).toBe(0);
  });
});

describe("what an identity administers", () => {
  const marksOf = (actions: readonly [action: string, ago: number][], isUse = true): Marks => {
    const marks: Marks = {};
    const admin = actions.map(([action, ago]) => ({ action, at: START - ago }));
    observeAdmin(createAdminHabits(), marks, admin, { at: START, isUse, hasHistory: true }, PARAMS);
    return marks;
  };

  it.each<[string, [string, number][], (keyof Marks)[]]>([
    ["logging that is switched off", [["logging.disabled", HOUR]], ["tampering"]],
    ["a model enabled just before its use", [["model.enabled", MINUTE]], ["enabled_then_used"]],
    ["a model enabled long before", [["model.enabled", HOUR]], []],
    ["a list read just before", [["model.listed", MINUTE]], ["listed_then_used"]],
    ["what lies two days back", [["logging.disabled", 2 * DAY]], []],
    [
      "four kinds of action in a day",
      ["model.listed", "logging.read", "key.created", "permission.changed"].map((action) => [
        action,
        HOUR,
      ]),
      ["control_actions"],
    ],
  ])("marks %s", (_, actions, signs) => {
    expect(Object.keys(marksOf(actions))).toEqual(signs);
  });

  it("marks no use before there is one", () => {
    expect(marksOf([["model.enabled", MINUTE]], false)).toEqual({});
  });
});

it("names the phases of a theft in the order in which they follow one another", () => {
  const mark = { at: START, strength: 1, value: 1 };
  expect(chainOf({ own_peak: mark, new_client: mark, zero_token_probe: mark })).toBe(
    "probe > take over > burst",
  );
});

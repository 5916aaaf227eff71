import { describe, expect, it } from "vitest";
import type { UsageEvent } from "#core/event.ts";
import { forgetSeen, HORIZON_DAYS, recognise, type SeenEvents } from "#core/pipeline/dedupe.ts";
import { DAY, formatTime } from "#core/time.ts";
import { type Overrides, usageEvent } from "#test/support/events.ts";
import { START } from "#test/support/observed.ts";

/** What becomes of one event after another. */
function recogniseAll(...events: Overrides<UsageEvent>[]): string[] {
  const seen: SeenEvents = new Map();
  return events.map((event) => recognise(seen, usageEvent(event), START));
}

describe("duplicates", () => {
  it("are the same id, source and content again, however often", () => {
    expect(recogniseAll({}, {}, {})).toEqual(["new", "duplicate", "duplicate"]);
  });

  it.each([
    ["another id", { id: "event-2" }],
    ["another source", { source: "other" }],
    ["another source of the same length", { source: "tess" }],
  ])("are not events with %s", (_, other) => {
    expect(recogniseAll({}, other, {}, other)).toEqual(["new", "new", "duplicate", "duplicate"]);
  });

  it("are not told apart by how id and source are cut", () => {
    expect(recogniseAll({ id: "ab", source: "c" }, { id: "b", source: "ca" })).toEqual([
      "new",
      "new",
    ]);
  });

  it.each<[string, Overrides<UsageEvent>, Overrides<UsageEvent>?]>([
    ["attribution", { attribution: { team: "other" } }],
    ["network facts", { network: { ip: "10.0.0.1" } }],
    ["latency", { outcome: { latency_ms: 7 } }],
    [
      "a price made here",
      { cost: { amount: "9", basis: "priced" } },
      { cost: { basis: "priced" } },
    ],
  ])("may differ in %s", (_, changed, first = {}) => {
    expect(recogniseAll(first, changed)).toEqual(["new", "duplicate"]);
  });

  it.each([
    ["time", { time: "2026-10-05T07:00:00.001Z" }],
    ["identity", { identity: { id: "other" } }],
    ["model", { model: { requested: "other" } }],
    ["status", { outcome: { status: "error" } }],
    ["input tokens", { usage: { input_tokens: 1_001 } }],
    ["output tokens", { usage: { output_tokens: 201 } }],
    ["cached tokens", { usage: { cached_input_tokens: 1 } }],
    ["an absent token count", { usage: { output_tokens: undefined } }],
    ["reported cost", { cost: { amount: "0.007" } }],
  ] as const)("with another %s are a conflict that counts, once", (_, other) => {
    expect(recogniseAll({}, other, other, {})).toEqual([
      "new",
      "conflict",
      "duplicate",
      "duplicate",
    ]);
  });

  it("of a reused id count each on its own", () => {
    const contents = [1, 2, 3, 4].map((input_tokens) => ({ usage: { input_tokens } }));
    expect(recogniseAll(...contents, ...contents)).toEqual([
      "new",
      "conflict",
      "conflict",
      "conflict",
      "duplicate",
      "duplicate",
      "duplicate",
      "duplicate",
    ]);
  });

  it("with a revision correct facts and never count", () => {
    const corrected = { revision: 1, usage: { input_tokens: 7 } };
    expect(recogniseAll({}, corrected, corrected)).toEqual(["new", "revision", "duplicate"]);
    const placed = { revision: 1, network: { ip: "10.0.0.1" } };
    expect(recogniseAll({}, placed, placed)).toEqual(["new", "revision", "duplicate"]);
  });

  it("with a revision count where the first one never came", () => {
    expect(recogniseAll({ revision: 1 }, {})).toEqual(["new", "duplicate"]);
  });

  it("are known within the horizon and forgotten behind it", () => {
    const seen: SeenEvents = new Map();
    const event = usageEvent();
    recognise(seen, event, START);
    forgetSeen(seen, START + HORIZON_DAYS * DAY + DAY - 1);
    expect(recognise(seen, event, START)).toBe("duplicate");
    forgetSeen(seen, START + HORIZON_DAYS * DAY + DAY);
    expect(seen.size).toBe(0);
    expect(recognise(seen, event, START)).toBe("new");
  });

  it("are found among a hundred thousand others, none of which is taken for one", () => {
    const seen: SeenEvents = new Map();
    const event = usageEvent();
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 100_000; i++) {
        event.id = `call-${i}`;
        event.time = formatTime(START + i);
        expect(recognise(seen, event, START)).toBe(round === 0 ? "new" : "duplicate");
      }
    }
  });
});

import { describe, expect, it } from "vitest";
import type { UsageEvent } from "#core/event.ts";
import { createProgram } from "#core/pipeline/program.ts";
import type { ResolvedEvent } from "#core/pipeline/sort-window.ts";
import { DEFAULT_IMPACT } from "#core/severity.ts";
import { DAY, MINUTE } from "#core/time.ts";
import { type Detector, NO_SIGNALS, type Observed } from "#core/detector.ts";
import { z } from "zod";
import { foldEvents, startFold } from "#test/support/fold-run.ts";
import { resolvedAt, START } from "#test/support/observed.ts";
import { loadRules } from "#services/rules/load.ts";

const UNKNOWN = { credential: undefined } as const;
const FACTS = { network: { ip: "203.0.113.9" } } as const;

/** The record with the usage, and the one that says where the call came from. */
const usage = (at = START): ResolvedEvent => ({
  ...resolvedAt(at, {
    id: "call",
    identity: UNKNOWN,
    network: undefined,
    quality: ["net.pending"],
  }),
});
const origin = (at = START + MINUTE, more: Partial<UsageEvent> = {}): ResolvedEvent => ({
  ...resolvedAt(at, { id: "call", identity: { credential: "AKIA1" }, ...FACTS, usage: undefined }),
  event: {
    ...resolvedAt(at, { id: "call", identity: { credential: "AKIA1" }, ...FACTS }).event,
    usage: {},
    revision: 1,
    ...more,
  },
  cost: null,
});
const later = (minutes: number): ResolvedEvent =>
  resolvedAt(START + minutes * MINUTE, { id: `other-${minutes}`, identity: { id: "other" } });

/** What a rule of each kind is shown of the call, in order. */
function shown(...events: ResolvedEvent[]): { call: string[]; joined: string[]; calls: number } {
  const seen = { call: [] as string[], joined: [] as string[] };
  const spy = (joined: boolean): Detector => ({
    id: "spy",
    version: 1,
    summary: "",
    params: z.unknown(),
    facts: {},
    reasons: {},
    joined,
    key: ({ event }) => (event.id === "call" ? "k" : null),
    init: () => ({}),
    step(_, observed) {
      seen[joined ? "joined" : "call"].push(sightOf(observed));
      return NO_SIGNALS;
    },
    idle: () => false,
  });
  const [{ rule }] = loadRules() as [ReturnType<typeof loadRules>[number]];
  const rules = [false, true].map((joined) => ({
    rule: { ...rule, id: `${rule.family}.${joined}` },
    detector: spy(joined),
    params: {},
  }));
  const run = foldEvents(startFold(createProgram(rules, DEFAULT_IMPACT)), events);
  run.tick(events.at(-1)!.at + DAY);
  const windows = [...run.outputs.rollups].filter(({ identity }) => identity !== "other");
  return { ...seen, calls: windows.reduce((sum, { calls }) => sum + calls, 0) };
}

function sightOf({ event, cost }: Observed): string {
  return [
    cost === null ? "unpriced" : "priced",
    event.identity?.credential ?? "no credential",
    event.network?.ip ?? "no address",
    ...(event.quality ?? []).filter((code) => code.startsWith("join") || code.startsWith("net")),
  ].join(", ");
}

const WHOLE = "priced, AKIA1, 203.0.113.9";

describe("a call that two records tell of", () => {
  it("is judged by its usage at once, and by its origin when that is known", () => {
    expect(shown(usage(), origin())).toEqual({
      call: ["priced, no credential, no address, net.pending"],
      joined: [WHOLE],
      calls: 1,
    });
  });

  it("is judged whole where the origin came first", () => {
    expect(shown(origin(START), usage(START + MINUTE))).toEqual({
      call: [WHOLE],
      joined: [WHOLE],
      calls: 1,
    });
  });

  it("counts once however often its records come", () => {
    expect(shown(usage(), origin(), usage(), origin()).calls).toBe(1);
    expect(
      shown(origin(START), origin(START), usage(START + MINUTE), origin(START)).joined,
    ).toEqual([WHOLE]);
  });

  it("is judged without its origin after half an hour in vain", () => {
    expect(shown(usage(), later(29), later(31)).joined).toEqual([
      "priced, no credential, no address, join.unmatched",
    ]);
  });

  it("counts as an unpriced call where the usage does not come within half an hour", () => {
    expect(shown(origin(START), later(29)).calls).toBe(1);
    expect(shown(origin(START), later(31))).toEqual({
      call: ["unpriced, AKIA1, 203.0.113.9, join.unmatched"],
      joined: ["unpriced, AKIA1, 203.0.113.9, join.unmatched"],
      calls: 1,
    });
  });

  it("counts at once where it failed: the first record stands for it", () => {
    const failed = { outcome: { status: "denied" } } as const;
    const { call, joined, calls } = shown(origin(START, failed), origin(START, failed));
    expect([call.length, joined.length, calls]).toEqual([1, 1, 1]);
  });

  it("is found across midnight", () => {
    const midnight = Math.ceil(START / DAY) * DAY;
    expect(shown(usage(midnight - 1), origin(midnight + 1)).joined).toEqual([WHOLE]);
  });
});

import { describe, expect, it } from "vitest";
import type { UsageEvent } from "#core/event.ts";
import { NONE } from "#core/pipeline/rollup.ts";
import type { ResolvedEvent } from "#core/pipeline/sort-window.ts";
import { HOUR, MINUTE } from "#core/time.ts";
import type { Overrides } from "#test/support/events.ts";
import { foldEvents, shippedProgram, startFold } from "#test/support/fold-run.ts";
import { resolvedAt, START } from "#test/support/observed.ts";

const BARE = { identity: { owner: undefined }, attribution: undefined } as const;
let count = 0;

function call(at: number, overrides: Overrides<UsageEvent>): ResolvedEvent {
  return resolvedAt(at, { id: `c${++count}`, ...overrides });
}
const child = (at: number, more: Overrides<UsageEvent> = {}): ResolvedEvent =>
  call(at, { ...BARE, ...more, flow: { trace: "t", span: `s${count}`, parent_span: "root" } });
const root = (at: number): ResolvedEvent =>
  call(at, {
    identity: { id: "parent" },
    attribution: { team: "data", cost_center: "cc-7", environment: "pilot" },
    flow: { trace: "t", span: "root" },
  });

/** Calls by team, from the totals that stand at the end. */
function callsByTeam(events: readonly ResolvedEvent[]): Record<string, number> {
  const run = foldEvents(startFold(shippedProgram("prompt-loop")), events);
  const teams: Record<string, number> = {};
  for (const { team, calls } of run.outputs.rollups) teams[team] = (teams[team] ?? 0) + calls;
  return teams;
}

describe("calls counted before their flow's root came", () => {
  it("move to its team", () => {
    const events = [child(START), child(START), child(START + MINUTE), root(START + 2 * MINUTE)];
    expect(callsByTeam(events)).toEqual({ [NONE]: 0, data: 4 });
  });

  it("move with their money, to the picodollar", () => {
    const events = [child(START), root(START + MINUTE)];
    const run = foldEvents(startFold(shippedProgram("prompt-loop")), events);
    const cost = (team: string): bigint =>
      [...run.outputs.rollups]
        .filter((window) => window.team === team)
        .reduce((sum, window) => sum + window.cost, 0n);
    expect([cost(NONE), cost("data")]).toEqual([0n, events[0]!.cost! + events[1]!.cost!]);
  });

  it("stay where they say themselves whose they are", () => {
    const own = child(START, { attribution: { team: "web", cost_center: "cc-1" } });
    expect(callsByTeam([own, root(START + MINUTE)])).toEqual({ web: 1, data: 1 });
  });

  it("move on from a child that was taken for the owner", () => {
    const stating = child(START, { attribution: { team: "web" } });
    const events = [stating, child(START), root(START + MINUTE)];
    expect(callsByTeam(events)).toEqual({ web: 1, data: 2 });
  });

  it("move twice where a child was taken for the owner of earlier calls", () => {
    const stating = child(START + MINUTE, { attribution: { team: "web" } });
    const events = [child(START), stating, child(START + MINUTE), root(START + 2 * MINUTE)];
    expect(callsByTeam(events)).toEqual({ [NONE]: 0, web: 1, data: 3 });
  });

  it("move with the call that was taken for the owner, as far as it said nothing", () => {
    const stating = child(START, { attribution: { team: "web", cost_center: undefined } });
    const run = foldEvents(startFold(shippedProgram("prompt-loop")), [stating, root(START)]);
    const centres = [...run.outputs.rollups].filter(({ calls }) => calls > 0);
    expect(centres.map(({ team, cost_center }) => `${team} ${cost_center}`).toSorted()).toEqual([
      "data cc-7",
      "web cc-7",
    ]);
  });

  it("stay where they are once their minute has left memory", () => {
    const other = call(START + 2 * HOUR, { identity: { id: "other" }, flow: undefined });
    const events = [child(START), other, root(START + 2 * HOUR)];
    expect(callsByTeam(events)[NONE]).toBe(1);
  });
});

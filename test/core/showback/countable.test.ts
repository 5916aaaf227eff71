import { describe, expect, it } from "vitest";
import type { UsageEvent } from "#core/event.ts";
import { createCountable } from "#core/showback/countable.ts";
import { formatTime, MINUTE, SECOND } from "#core/time.ts";
import { eventEntry, type Overrides } from "#test/support/events.ts";
import { START } from "#test/support/observed.ts";

/** What is counted of these calls, given in the order of event time, one each second unless they say. */
function counted(...calls: (Overrides<UsageEvent> & { after?: number })[]): UsageEvent[] {
  const events: UsageEvent[] = [];
  const countable = createCountable(({ event }) => events.push(event));
  for (const [i, { after = i * SECOND, ...overrides }] of calls.entries()) {
    const time = formatTime(START + after);
    countable.push(eventEntry({ id: `call-${i}`, time, ...overrides }));
  }
  countable.end();
  return events;
}
const teamsOf = (events: readonly UsageEvent[]) =>
  events.map(({ id, attribution }) => `${id} ${attribution?.team ?? "nobody"}`).toSorted();

/** A call that says nothing of whose it is, unless the test does. */
function nobodys({ attribution, ...more }: Overrides<UsageEvent> & { after?: number }) {
  const { team } = attribution ?? {};
  const silent = { cost_center: undefined, service: undefined, environment: undefined };
  return { identity: { owner: undefined }, ...more, attribution: { ...silent, team } };
}
const inFlow = { session: "s-1", trace: undefined, span: undefined };

describe("what counts", () => {
  it("counts a call once that two records tell of, whichever comes first", () => {
    const usage = { id: "a", flow: undefined, network: undefined };
    const facts = { ...usage, revision: 1, usage: undefined, network: { country: "DE" } };
    expect(counted(usage, facts).map(({ id }) => id)).toEqual(["a"]);
    const [whole, ...rest] = counted(facts, usage);
    expect(rest).toEqual([]);
    expect(whole).toMatchObject({ usage: { input_tokens: 1_000 }, network: { country: "DE" } });
  });

  it("counts a record as it is whose other one never comes, and its copy not again", () => {
    const facts = { id: "a", flow: undefined, revision: 1 };
    const events = counted(
      facts,
      { id: "b", after: 31 * MINUTE },
      { ...facts, after: 32 * MINUTE },
    );
    expect(events.map(({ id }) => id).toSorted()).toEqual(["a", "b"]);
  });

  it("gives calls the owner of their flow who comes after them", () => {
    const events = counted(
      nobodys({ flow: inFlow }),
      nobodys({ flow: inFlow, attribution: { team: "search" } }),
    );
    expect(teamsOf(events)).toEqual(["call-0 search", "call-1 search"]);
  });

  it("lets the root of a tree speak for all calls below it, also for those that came first", () => {
    const child = { trace: "t", span: "b", parent_span: "a" };
    const events = counted(
      nobodys({ flow: child }),
      nobodys({ flow: { ...child, span: "c" }, attribution: { team: "own" } }),
      nobodys({ flow: { trace: "t", span: "a" }, attribution: { team: "root" } }),
    );
    expect(teamsOf(events)).toEqual(["call-0 root", "call-1 own", "call-2 root"]);
  });

  it("waits a quarter of an hour for an owner, not longer", () => {
    const owner = { flow: inFlow, attribution: { team: "search" } };
    const within = counted(nobodys({ flow: inFlow }), nobodys({ ...owner, after: 14 * MINUTE }));
    expect(teamsOf(within)).toEqual(["call-0 search", "call-1 search"]);
    const later = counted(nobodys({ flow: inFlow }), nobodys({ ...owner, after: 16 * MINUTE }));
    expect(teamsOf(later)).toEqual(["call-0 nobody", "call-1 search"]);
  });

  it("loses nobody who waits when it ends", () => {
    expect(teamsOf(counted(nobodys({ flow: inFlow })))).toEqual(["call-0 nobody"]);
  });
});

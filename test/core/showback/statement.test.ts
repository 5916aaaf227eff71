import { describe, expect, it } from "vitest";
import { linesOf } from "#core/showback/statement.ts";
import { costsOf, sharedPolicy, statementOf, teamCall } from "#test/support/showback.ts";

const gateway = (cost: bigint | null) =>
  teamCall("platform", cost, { attribution: { service: "gateway" } });

describe("a statement", () => {
  it("sums the usage of every group, the dearest first", () => {
    const events = [teamCall("search", 5n), teamCall("assist", 7n), teamCall("search", 4n)];
    const lines = linesOf(statementOf(events), ["team"]);
    expect(lines.map(({ group }) => group)).toEqual([["search"], ["assist"]]);
    expect(costsOf(lines)).toEqual({ search: 9n, assist: 7n });
  });

  it("groups by several dimensions in the order asked for", () => {
    const groupBy = ["model", "team"] as const;
    const statement = statementOf([teamCall("search", 5n)], { groupBy });
    expect(linesOf(statement, groupBy)[0]!.group).toEqual(["claude-sonnet-4-5", "search"]);
  });

  it("shows usage nobody can be charged for as a line of its own and as a part of every line", () => {
    const events = [teamCall(undefined, 5n), teamCall("search", 4n)];
    const statement = statementOf(events, { groupBy: ["team", "model"] });
    expect(costsOf(linesOf(statement, ["team"]))).toEqual({ _unattributed: 5n, search: 4n });
    const [byModel] = linesOf(statement, ["model"]);
    expect(byModel!.consumption).toMatchObject({ cost: 9n, unattributed: 5n });
  });

  it("counts unpriced calls and tokens beside the money, never as zero", () => {
    const [line] = linesOf(statementOf([teamCall("search", null), teamCall("search", 3n)]), [
      "team",
    ]);
    expect(line!.consumption).toMatchObject({
      calls: 2,
      cost: 3n,
      unpriced_calls: 1,
      unpriced_tokens: 1_200,
    });
  });

  it("keeps production, non-production and pilots apart; usage that does not say is production", () => {
    const of = (
      environment: "production" | "staging" | "development" | "test" | "pilot" | undefined,
    ) => teamCall("search", 1n, { attribution: { environment } });
    const events = [undefined, "production", "staging", "development", "test", "pilot"] as const;
    const [line] = linesOf(statementOf(events.map(of)), ["team"]);
    expect(line!.consumption.stages).toEqual({
      production: 2n,
      non_production: 3n,
      exploratory: 1n,
    });
  });

  it("says what the money rests on", () => {
    const of = (basis: "reported" | "priced" | "estimated" | "allocated", amount: string) => ({
      cost: { basis, amount },
    });
    const events = [
      of("reported", "0.1"),
      of("priced", "0.02"),
      of("estimated", "0.003"),
      of("allocated", "0.0004"),
    ];
    const [line] = linesOf(statementOf(events), ["team"]);
    expect(line!.consumption.basis).toEqual({
      reported: 100_000_000_000n,
      priced: 20_000_000_000n,
      estimated: 3_000_000_000n,
      allocated: 400_000_000n,
    });
  });

  it("counts what a cache answered", () => {
    const events = [
      teamCall("search", 0n, { outcome: { status: "cache_hit" } }),
      teamCall("search", 5n, { usage: { cached_input_tokens: 400 } }),
    ];
    const [line] = linesOf(statementOf(events), ["team"]);
    expect(line!.consumption).toMatchObject({ cache_hits: 1, cached_input_tokens: 400 });
  });

  it("counts a copy once, a revision not at all, and other content under the same id as usage of its own", () => {
    const events = [
      teamCall("search", 5n, { id: "a" }),
      teamCall("search", 5n, { id: "a" }),
      teamCall("search", 5n, { id: "a", outcome: { status: "error" }, revision: 1 }),
      teamCall("search", 6n, { id: "a", usage: { input_tokens: 7 } }),
    ];
    expect(costsOf(linesOf(statementOf(events), ["team"]))).toEqual({ search: 11n });
  });

  it("takes no money from audit events", () => {
    expect(linesOf(statementOf([{ type: "audit", usage: undefined }]), ["team"])).toEqual([]);
  });

  it("charges a call to the team its flow's root stated", () => {
    const inFlow = { flow: { session: "s-1" }, attribution: { team: undefined } };
    const events = [
      teamCall("search", 5n, { flow: inFlow.flow }),
      teamCall(undefined, 4n, { ...inFlow, time: "2026-10-05T07:00:01.000Z" }),
    ];
    expect(costsOf(linesOf(statementOf(events), ["team"]))).toEqual({ search: 9n });
  });
});

describe("shared cost", () => {
  const usage = [
    teamCall("search", 30n),
    teamCall("search", 30n),
    teamCall("assist", 40n, { usage: { input_tokens: 5_800 } }),
    teamCall(undefined, 20n),
    gateway(100n),
  ];
  const splitBy = (policy: Parameters<typeof sharedPolicy>[0], events = usage) =>
    costsOf(linesOf(statementOf(events, { policies: [sharedPolicy(policy)] }), ["team"]));

  it.each([
    ["requests", { search: 60n + 50n, assist: 40n + 25n, _unattributed: 20n + 25n }],
    ["cost", { search: 60n + 50n, assist: 40n + 33n, _unattributed: 20n + 17n }],
    ["tokens", { search: 60n + 25n, assist: 40n + 62n, _unattributed: 20n + 13n }],
    ["even", { search: 60n + 50n, assist: 40n + 50n, _unattributed: 20n }],
  ] as const)("is split by %s, and leaves the team that ran it", (split, expected) => {
    expect(splitBy({ split })).toEqual(expected);
  });

  it("is split by the number of tasks, however many calls they took", () => {
    const task = (team: string, session: string) => teamCall(team, 1n, { flow: { session } });
    const events = [
      ...["a", "a", "a", "b"].map((session) => task("search", session)),
      task("assist", "c"),
      gateway(30n),
    ];
    expect(splitBy({ split: "tasks" }, events)).toEqual({ search: 4n + 20n, assist: 1n + 10n });
  });

  it("is split by fixed weights, also to a team without usage of its own", () => {
    expect(splitBy({ split: "weights", weights: { search: 1, legal: 3 } })).toEqual({
      search: 60n + 25n,
      legal: 75n,
      assist: 40n,
      _unattributed: 20n,
    });
  });

  it("stays in sight where nothing drives it", () => {
    expect(splitBy({}, [gateway(100n)])).toEqual({ _no_driver: 100n });
    expect(
      splitBy({ split: "tokens" }, [teamCall("search", 3n, { usage: undefined }), gateway(9n)]),
    ).toEqual({ _no_driver: 9n, search: 3n });
  });

  it("never crosses from one tenant to another", () => {
    const events = [...usage, teamCall("rail", 50n, { tenant: "globex" })];
    const statement = statementOf(events, {
      groupBy: ["tenant"],
      policies: [sharedPolicy({ split: "even" })],
    });
    expect(costsOf(linesOf(statement, ["tenant"]))).toEqual({ acme: 220n, globex: 50n });
  });

  it("shows a reader of one tenant what the reader of all sees of it", () => {
    const events = [...usage, teamCall("rail", 50n, { tenant: "globex" })];
    const policies = [sharedPolicy({ split: "cost" })];
    const groupBy = ["tenant", "team"] as const;
    const all = linesOf(statementOf(events, { groupBy, policies }), groupBy);
    const own = linesOf(statementOf(events, { groupBy, policies, tenants: ["acme"] }), groupBy);
    expect(own).toEqual(all.filter(({ group }) => group[0] === "acme"));
  });
});

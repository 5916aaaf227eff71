import { describe, expect, it } from "vitest";
import { PICO_PER_USD } from "#core/money.ts";
import { showbackCsv } from "#core/showback/csv.ts";
import type { Dimension } from "#core/showback/dimension.ts";
import { previousOf, showbackReport } from "#core/showback/report.ts";
import { OCTOBER, sharedPolicy, statementOf, teamCall } from "#test/support/showback.ts";

const usd = (dollars: number) => BigInt(dollars) * PICO_PER_USD;
const POLICIES = [sharedPolicy({ split: "cost" })];
const gateway = teamCall("platform", usd(6), { attribution: { service: "gateway" } });
const NOW = [
  teamCall("search", usd(10)),
  teamCall("assist", usd(20)),
  teamCall(undefined, null),
  gateway,
];
const BEFORE = [teamCall("search", usd(4)), teamCall("legal", usd(9))];

function report(events = NOW, before: typeof NOW | null = BEFORE, by: Dimension[] = ["team"]) {
  const options = { groupBy: by, policies: POLICIES };
  const earlier = before && statementOf(before, options);
  return showbackReport(OCTOBER, by, statementOf(events, options), earlier);
}

describe("a showback report", () => {
  it("shows each line's direct usage, its part of the shared cost, and what that rests on", () => {
    expect(report().items[0]).toMatchObject({
      group: { team: "assist" },
      cost: "24",
      layers: { consumption: "20", platform: "4" },
      basis: { reported: "20", priced: "0", estimated: "0", allocated: "4" },
    });
  });

  it("puts the period before beside it, only where the group had usage then", () => {
    const { items, comparison } = report();
    const beside = items.map(({ group, expected, variance }) => [group.team, expected, variance]);
    expect(beside).toEqual([
      ["assist", null, null],
      ["search", "4", "8"],
      ["_unattributed", null, null],
    ]);
    expect(comparison).toEqual({
      basis: "previous_period",
      from: "2026-08-31T00:00:00.000Z",
      to: "2026-10-01T00:00:00.000Z",
      unavailable: null,
    });
    expect(previousOf(OCTOBER).to).toBe(OCTOBER.from);
  });

  it("expects nothing where the log does not reach back over the period before", () => {
    const { items, totals, comparison } = report(NOW, null);
    expect([...items, totals].map(({ expected }) => expected)).toEqual([null, null, null, null]);
    expect(comparison.unavailable).toBe("the log began later");
  });

  it("adds up: direct, shared and unattributed are the whole", () => {
    const events = [...NOW, teamCall(undefined, usd(3))];
    expect(report(events).totals).toMatchObject({
      cost: "39",
      direct: "30",
      shared: "6",
      unattributed: "3",
      calls: 5,
      unpriced: { calls: 1, tokens: 1_200 },
      expected: "13",
      variance: "26",
    });
  });

  it("names every shared cost, with what found no driver and what has no price", () => {
    const unpriced = teamCall("platform", null, { attribution: { service: "gateway" } });
    expect(report([gateway, unpriced]).pools).toEqual([
      {
        name: "gateway",
        source: "usage",
        split: "cost",
        to: "team",
        amount: "6",
        no_driver: "6",
        calls: 2,
        unpriced: { calls: 1, tokens: 1_200 },
      },
    ]);
  });

  it("rolls the same money up to business units and cost centres", () => {
    const owned = (business_unit: string, cost_center: string) =>
      teamCall("search", usd(1), { attribution: { business_unit, cost_center } });
    const events = [owned("retail", "cc-1"), owned("retail", "cc-2"), owned("retail", "cc-1")];
    const { ownership } = report(events);
    expect(
      ownership.map(({ group, cost }) => [group.business_unit, group.cost_center, cost]),
    ).toEqual([
      ["retail", "cc-1", "2"],
      ["retail", "cc-2", "1"],
    ]);
  });

  it("has no lines and no money where there was no usage", () => {
    const empty = report([], []);
    expect(empty.items).toEqual([]);
    expect(empty.totals).toMatchObject({ cost: "0", calls: 0, expected: null });
  });
});

describe("a showback CSV", () => {
  it("has a line for each of the report, with the period and the exact amounts", () => {
    const [header, first, ...rest] = showbackCsv(report()).split("\r\n");
    expect(header).toBe(
      "from,to,team,currency,cost,consumption,platform,unattributed,unauthorised,fully_loaded,reported,priced,estimated,allocated," +
        "production,non_production,exploratory,calls,input_tokens,output_tokens,cached_input_tokens," +
        "cache_hits,unpriced_calls,unpriced_tokens,expected,variance",
    );
    expect(first).toBe(
      "2026-10-01T00:00:00.000Z,2026-11-01T00:00:00.000Z,assist,USD,24,20,4,0,0,24,20,0,0,4,20,0,0,1,1000,200,0,0,0,0,,",
    );
    expect(rest).toHaveLength(3);
    expect(rest.at(-1)).toBe("");
  });

  it("quotes names, and disarms those a spreadsheet would run", () => {
    const teams = ['=HYPERLINK("x")', "a,b", "@sum", "-1"];
    const lines = showbackCsv(report(teams.map((team) => teamCall(team, 1n)))).split("\r\n");
    const names = lines.slice(1, -1).map((line) => line.split("Z,")[2]!.split(",USD")[0]);
    expect(names.toSorted()).toEqual(['"\'=HYPERLINK(""x"")"', '"a,b"', "'-1", "'@sum"].toSorted());
  });
});

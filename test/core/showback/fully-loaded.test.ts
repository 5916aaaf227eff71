import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Dimension } from "#core/showback/dimension.ts";
import { fullyLoaded } from "#core/showback/fully-loaded.ts";
import { costOf, linesOf } from "#core/showback/statement.ts";
import { OCTOBER, statementOf, teamCall } from "#test/support/showback.ts";

type Options = NonNullable<Parameters<typeof statementOf>[1]>;

function loaded(
  events: Parameters<typeof statementOf>[0],
  groupBy: readonly Dimension[] = ["team"],
  options: Options = {},
) {
  const lines = linesOf(statementOf(events, { groupBy, ...options }), groupBy);
  return Object.fromEntries(
    [...fullyLoaded(lines, groupBy)].map(([line, cost]) => [line.group.join(" "), cost]),
  );
}

describe("the fully loaded view", () => {
  it("spreads what names nobody over those who are named, by their cost", () => {
    const events = [teamCall("search", 30n), teamCall("assist", 10n), teamCall(undefined, 8n)];
    expect(loaded(events)).toEqual({ search: 36n, assist: 12n, _unattributed: 0n });
  });

  it("spreads a bill that found no driver, too", () => {
    const { from, to: until } = OCTOBER;
    const bill = { name: "seats", vendor: "acme", amount: 8n, from, until, match: {} };
    const charges = [{ ...bill, driver: "none" as const }];
    expect(loaded([teamCall("search", 30n)], ["team"], { charges })).toEqual({
      search: 38n,
      _no_driver: 0n,
    });
  });

  it("keeps to the tenant where tenants are told apart", () => {
    const events = [
      teamCall("search", 30n),
      teamCall("legal", 30n, { tenant: "globex" }),
      teamCall(undefined, 8n, { tenant: "globex" }),
    ];
    expect(loaded(events, ["tenant", "team"])).toEqual({
      "acme search": 30n,
      "globex legal": 38n,
      "globex _unattributed": 0n,
    });
  });

  it("leaves stolen usage where it is", () => {
    const theft = { finding: "f-1", tenant: "acme", credential: "fp-9", identity: null };
    const events = [
      teamCall("search", 30n),
      teamCall("search", 70n, { identity: { credential: "fp-9" } }),
      teamCall(undefined, 8n),
    ];
    const incidents = [{ ...theft, from: OCTOBER.from, until: OCTOBER.to }];
    expect(loaded(events, ["team"], { incidents })).toEqual({
      search: 38n,
      _unauthorised: 70n,
      _unattributed: 0n,
    });
  });

  it("leaves everything as it is where nobody is named", () => {
    expect(loaded([teamCall(undefined, 8n)])).toEqual({ _unattributed: 8n });
  });

  it("adds up to the same cost", () => {
    const call = fc.record({
      team: fc.constantFrom("search", "assist", undefined),
      cost: fc.bigInt(-1_000n, 10n ** 12n),
    });
    fc.assert(
      fc.property(fc.array(call), (calls) => {
        const statement = statementOf(calls.map(({ team, cost }) => teamCall(team, cost)));
        const lines = linesOf(statement, ["team"]);
        const sum = (amounts: Iterable<bigint>) => [...amounts].reduce((a, b) => a + b, 0n);
        expect(sum(fullyLoaded(lines, ["team"]).values())).toBe(sum(lines.map(costOf)));
      }),
    );
  });
});

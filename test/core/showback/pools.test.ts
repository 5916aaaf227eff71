import { describe, expect, it } from "vitest";
import type { Charge } from "#core/showback/charges.ts";
import { chargedWithin } from "#core/showback/pools.ts";
import { linesOf } from "#core/showback/statement.ts";
import { DAY } from "#core/time.ts";
import { costsOf, OCTOBER, sharedPolicy, statementOf, teamCall } from "#test/support/showback.ts";

function charge(overrides: Partial<Charge> = {}): Charge {
  const { from, to: until } = OCTOBER;
  const base = { name: "seats", vendor: "anthropic", amount: 310n, from, until };
  return { ...base, driver: "requests", match: {}, ...overrides };
}

const CALLS = [teamCall("search", 1n), teamCall("search", 1n), teamCall("assist", 8n)];
const spread = (charges: Charge[], events = CALLS) =>
  costsOf(linesOf(statementOf(events, { charges }), ["team"]));

describe("a charge", () => {
  it.each([
    ["requests", { search: 2n + 207n, assist: 8n + 103n }],
    ["cost", { search: 2n + 62n, assist: 8n + 248n }],
    ["even", { search: 2n + 155n, assist: 8n + 155n }],
    ["none", { search: 2n, assist: 8n, _no_driver: 310n }],
  ] as const)("driven by %s is borne by the teams", (driver, expected) => {
    expect(spread([charge({ driver })])).toEqual(expected);
  });

  it("is borne by the usage it pays for only, in its own time", () => {
    const bedrock = charge({ match: { "model.provider": "aws*" } });
    expect(spread([bedrock])).toMatchObject({ _no_driver: 310n });
    const at = (day: number) => `2026-10-${String(day).padStart(2, "0")}T07:00:00Z`;
    const events = [
      teamCall("legal", 1n, { time: at(2) }),
      teamCall("search", 1n, { time: at(2) }),
      teamCall("search", 1n, { time: at(20) }),
      teamCall("assist", 1n, { time: at(20) }),
    ];
    const late = charge({ from: OCTOBER.from + 10 * DAY });
    expect(spread([late], events)).toEqual({ legal: 1n, search: 2n + 155n, assist: 1n + 155n });
  });

  it("counts in a period by its days, and neighbouring periods add up to it", () => {
    const { from, to } = OCTOBER;
    expect(chargedWithin(charge(), from, from + DAY)).toBe(10n);
    expect(chargedWithin(charge(), from - 9 * DAY, to + 9 * DAY)).toBe(310n);
    expect(chargedWithin(charge(), to, to + DAY)).toBe(0n);
    const odd = charge({ amount: -1_000_003n });
    const parts = [0, 7, 8, 29, 31].map((day) => from + day * DAY);
    const sums = parts.slice(1).map((end, i) => chargedWithin(odd, parts[i]!, end));
    expect(sums.reduce((a, b) => a + b)).toBe(-1_000_003n);
  });

  it("is not driven by shared usage, and does not drive it", () => {
    const events = [...CALLS, teamCall("platform", 30n, { attribution: { service: "gateway" } })];
    const statement = statementOf(events, {
      charges: [charge({ driver: "cost" })],
      policies: [sharedPolicy({ split: "cost" })],
    });
    expect(costsOf(linesOf(statement, ["team"]))).toEqual({
      search: 2n + 62n + 6n,
      assist: 8n + 248n + 24n,
    });
  });
});

import { describe, expect, it } from "vitest";
import { formatUsd, PICO_PER_USD } from "#core/money.ts";
import type { Charge } from "#core/showback/charges.ts";
import { FOCUS_GRAIN } from "#core/showback/focus/charges.ts";
import { focusCsv } from "#core/showback/focus/csv.ts";
import { readCsv } from "#test/support/csv.ts";
import { OCTOBER, sharedPolicy, statementOf, teamCall } from "#test/support/showback.ts";

type Options = NonNullable<Parameters<typeof statementOf>[1]>;

function focus(events: Parameters<typeof statementOf>[0], options: Options = {}) {
  const statement = statementOf(events, { groupBy: FOCUS_GRAIN, ...options });
  return readCsv(focusCsv(options.period ?? OCTOBER, statement));
}
const usd = (dollars: number) => BigInt(dollars) * PICO_PER_USD;
const SEATS: Charge = {
  name: "seats",
  vendor: "acme-cloud",
  amount: usd(31),
  from: OCTOBER.from,
  until: OCTOBER.to,
  driver: "requests",
  match: {},
};
const gateway = teamCall("platform", usd(6), { attribution: { service: "gateway" } });

describe("a FOCUS dataset", () => {
  it("has a row for the usage of a place on a day, with what is known of it", () => {
    const [row] = focus([teamCall("search", usd(5)), teamCall("search", usd(2))]);
    expect(row).toEqual({
      AllocatedMethodDetails: "",
      AllocatedMethodId: "",
      AllocatedResourceId: "",
      AllocatedResourceName: "",
      AllocatedTags: "",
      BilledCost: "7",
      BillingAccountId: "acme",
      BillingAccountName: "",
      BillingCurrency: "USD",
      BillingPeriodEnd: "2026-11-01T00:00:00Z",
      BillingPeriodStart: "2026-10-01T00:00:00Z",
      ChargeCategory: "Usage",
      ChargeClass: "",
      ChargeDescription: "Usage of claude-sonnet-4-5",
      ChargePeriodEnd: "2026-10-06T00:00:00Z",
      ChargePeriodStart: "2026-10-05T00:00:00Z",
      ContractedCost: "7",
      EffectiveCost: "7",
      HostProviderName: "",
      InvoiceIssuerName: "",
      ListCost: "7",
      PricingQuantity: "",
      PricingUnit: "",
      RegionId: expect.any(String) as string,
      RegionName: "",
      ServiceCategory: "AI and Machine Learning",
      ServiceName: "claude-sonnet-4-5",
      ServiceProviderName: "anthropic",
      ServiceSubcategory: "Generative AI",
      SubAccountId: "search",
      SubAccountName: "",
      Tags: expect.stringContaining('{"team":"search",') as string,
      x_CostBasis: "reported",
      x_PrincipalId: expect.any(String) as string,
      x_SpendVerdict: "",
      x_ServiceTier: expect.any(String) as string,
      x_UsageKind: "inference",
      x_RequestCount: "2",
      x_InputTokens: "2000",
      x_CachedInputTokens: expect.any(String) as string,
      x_OutputTokens: "400",
    });
  });

  it("names its columns in the order of the specification, its own last", () => {
    const header = focusCsv(OCTOBER, statementOf([], { groupBy: FOCUS_GRAIN }))
      .trim()
      .split(",");
    const own = header.filter((name) => name.startsWith("x_"));
    const specified = header.slice(0, -own.length);
    expect(specified).toEqual(specified.toSorted());
    expect(header.slice(-own.length)).toEqual(own);
  });

  it("leaves empty what the usage does not say", () => {
    const bare = { provider: undefined, requested: undefined, served: undefined };
    const [row] = focus([teamCall(undefined, 1n, { model: bare })]);
    expect(row).toMatchObject({ SubAccountId: "", ServiceName: "", ServiceProviderName: "" });
    expect(Object.keys(JSON.parse(row!["Tags"]!) as object)).not.toContain("team");
  });

  it("tells days, and reported from priced and estimated amounts, apart", () => {
    const on = (day: string, basis: "reported" | "priced" | "estimated") =>
      teamCall("search", 0n, { time: `2026-10-${day}T23:30:00Z`, cost: { basis, amount: "1" } });
    const rows = focus([on("02", "priced"), on("03", "priced"), on("03", "estimated")]);
    const told = rows.map((row) => `${row["ChargePeriodStart"]} ${row["x_CostBasis"]}`);
    expect(told.toSorted()).toEqual([
      "2026-10-02T00:00:00Z priced",
      "2026-10-03T00:00:00Z estimated",
      "2026-10-03T00:00:00Z priced",
    ]);
  });

  it("knows the day in UTC of a time that is told in another zone", () => {
    const [row] = focus([teamCall("search", 1n, { time: "2026-10-03T01:30:00+02:00" })]);
    expect(row!["ChargePeriodStart"]).toBe("2026-10-02T00:00:00Z");
  });

  it("cuts the days at the ends of the period", () => {
    const period = { from: Date.UTC(2026, 9, 5, 6), to: Date.UTC(2026, 9, 5, 18) };
    const [row] = focus([teamCall("search", 1n, { time: "2026-10-05T07:00:00Z" })], { period });
    expect(row).toMatchObject({
      ChargePeriodStart: "2026-10-05T06:00:00Z",
      ChargePeriodEnd: "2026-10-05T18:00:00Z",
    });
  });

  it("has no row for usage without a price", () => {
    expect(focus([teamCall("search", null)])).toEqual([]);
    const [row] = focus([teamCall("search", null), teamCall("search", 1n)]);
    expect(row!["x_RequestCount"]).toBe("1");
  });

  it("writes a credit as a number below zero", () => {
    expect(focus([teamCall("search", -usd(3))])[0]!["BilledCost"]).toBe("-3");
  });

  it("labels a part of shared usage as allocated, says by which method, and adds the ratios up to one", () => {
    const events = [
      teamCall("search", usd(1)),
      teamCall("search", usd(1)),
      teamCall("assist", 0n),
      gateway,
    ];
    const shares = focus(events, { policies: [sharedPolicy()] }).filter(
      (row) => row["AllocatedMethodId"] !== "",
    );
    expect(shares).toMatchObject([
      {
        AllocatedMethodId: "usage/gateway:requests",
        AllocatedMethodDetails: '{"Elements":[{"AllocatedRatio":0.666666666667}]}',
        AllocatedResourceId: "search",
        BilledCost: "4",
        ChargeCategory: "Usage",
        ServiceName: "gateway",
        ServiceProviderName: "",
        SubAccountId: "search",
        Tags: "",
        x_CostBasis: "allocated",
        x_RequestCount: "",
      },
      {
        AllocatedMethodDetails: '{"Elements":[{"AllocatedRatio":0.333333333333}]}',
        AllocatedResourceId: "assist",
        BilledCost: "2",
      },
    ]);
  });

  it.each([
    ["Purchase", usd(31), "31"],
    ["Credit", -usd(31), "-31"],
  ])("writes a bill for many calls as %s, with who sent it", (category, amount, billed) => {
    const rows = focus([teamCall("search", 0n)], { charges: [{ ...SEATS, amount }] });
    expect(rows).toContainEqual(
      expect.objectContaining({
        AllocatedMethodId: "charge/seats:requests",
        BilledCost: billed,
        ChargeCategory: category,
        InvoiceIssuerName: "acme-cloud",
      }),
    );
  });

  it("names nobody for what found no driver, over the whole period", () => {
    const [row] = focus([], { charges: [SEATS] });
    expect(row).toMatchObject({
      AllocatedResourceId: "",
      BilledCost: "31",
      ChargePeriodStart: "2026-10-01T00:00:00Z",
      ChargePeriodEnd: "2026-11-01T00:00:00Z",
      SubAccountId: "",
    });
  });

  it("keeps the ratios of one tenant's parts to the whole cost", () => {
    const events = [teamCall("search", 1n), teamCall("other", 1n, { tenant: "globex" })];
    const rows = focus(events, { charges: [SEATS], tenants: ["acme"] });
    expect(rows.at(-1)).toMatchObject({
      AllocatedMethodDetails: '{"Elements":[{"AllocatedRatio":0.5}]}',
      BilledCost: formatUsd(usd(31) / 2n),
    });
  });

  it("says of stolen usage that nobody authorised it, and names nobody for it", () => {
    const stolen = { identity: { credential: "fp-stolen" }, time: "2026-10-05T07:00:00Z" };
    const at = Date.parse(stolen.time);
    const theft = { finding: "f-1", tenant: "acme", credential: "fp-stolen", identity: null };
    const incidents = [{ ...theft, from: at, until: at }];
    const [row] = focus([teamCall("search", usd(9), stolen)], { incidents });
    expect(row).toMatchObject({
      BilledCost: "9",
      ServiceName: "claude-sonnet-4-5",
      SubAccountId: "",
      x_PrincipalId: "",
      x_SpendVerdict: "Unauthorised",
    });
  });

  it("quotes what a spreadsheet would run", () => {
    const [row] = focus([teamCall('=HYPERLINK("x")', 1n)]);
    expect(row!["SubAccountId"]).toBe(`'=HYPERLINK("x")`);
  });
});

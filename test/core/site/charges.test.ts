import { describe, expect, it } from "vitest";
import { describeProblem } from "#core/located.ts";
import { parseUsd } from "#core/money.ts";
import { joinCharges, parseCharges } from "#core/site/charges.ts";
import { parseTime } from "#core/time.ts";

const parse = (...texts: string[]) =>
  joinCharges(
    texts.map((text, i) => parseCharges(i === 0 ? "charges.yml" : `more-${i}.yml`, text)),
  );
const told = (...texts: string[]) => parse(...texts).problems.map(describeProblem);

describe("charges file", () => {
  it("reads bills into exact picodollars and half-open periods", () => {
    const { charges, problems } = parse(`
charges:
  - name: capacity-east
    vendor: azure
    amount: "1200.00"
    currency: USD
    period: { from: 2026-07-01, until: 2026-08-01T02:00:00+02:00 }
    driver: tokens
    match: { model.provider: azure, "model.served": "gpt-*", model.service_tier: provisioned }
`);
    expect(problems).toEqual([]);
    expect(charges).toEqual([
      {
        name: "capacity-east",
        vendor: "azure",
        amount: parseUsd("1200"),
        from: parseTime("2026-07-01T00:00:00Z"),
        until: parseTime("2026-08-01T00:00:00Z"),
        driver: "tokens",
        match: {
          "model.provider": "azure",
          "model.served": "gpt-*",
          "model.service_tier": "provisioned",
        },
      },
    ]);
  });

  it("takes a credit, and all usage where none is named", () => {
    const text = `
charges:
  - { name: c, vendor: v, amount: -0.1, period: { from: 2026-07-01, until: 2026-07-02 }, driver: none }
`;
    expect(parse(text).charges).toMatchObject([{ amount: parseUsd("-0.1"), match: {} }]);
  });

  it("tells every problem with its place", () => {
    const text = `charges:
  - name: a
    vendor: v
    amount: 12 USD
    currency: EUR
    period: { from: July, until: 2026-08-01 }
    driver: calls
    match: { model.served: 4, team: search }
  - name: b
    vnedor: v
    amount: 1
    period: { from: 2026-07-01 }
    driver: even
`;
    expect(told(text)).toEqual([
      'charges.yml:4:5: charges.0.amount: must be an amount like "1200.00", with at most twelve decimals',
      'charges.yml:5:5: charges.0.currency: must be "USD"',
      "charges.yml:6:15: charges.0.period.from: must be a date like 2026-07-01 or an RFC 3339 time",
      'charges.yml:7:5: charges.0.driver: must be one of "requests", "tokens", "cost", "even", "none"',
      "charges.yml:8:14: charges.0.match.model.served: must be text: put it in quotes",
      "charges.yml:8:31: charges.0.match.team: unknown key",
      "charges.yml:9:5: charges.1.vendor: is missing: text is expected",
      'charges.yml:10:5: charges.1.vnedor: unknown key, did you mean "vendor"?',
      "charges.yml:12:5: charges.1.period.until: is missing: text is expected",
    ]);
  });

  it("refuses a period that ends before it begins", () => {
    const text = `charges:
  - name: a
    vendor: v
    amount: 1
    driver: even
    period:
      from: 2026-07-01
      until: 2026-07-01
`;
    expect(told(text)).toEqual(["charges.yml:8:7: charges.0.period.until: must be after from"]);
  });

  it("refuses to charge one thing twice for a time, in whichever file", () => {
    const charge = (vendor: string, from: string, until: string) =>
      `charges: [{ name: a, vendor: ${vendor}, amount: 1, driver: even, period: { from: ${from}, until: ${until} } }]`;
    const july = charge("v", "2026-07-01", "2026-08-01");
    expect(told(july, charge("v", "2026-07-31", "2026-09-01"))).toEqual([
      "more-1.yml:1:13: charges.0.name: overlaps in time with the charge at charges.yml:1:13",
    ]);
    expect(told(july, charge("v", "2026-08-01", "2026-09-01"))).toEqual([]);
    expect(told(july, charge("w", "2026-07-01", "2026-08-01"))).toEqual([]);
  });
});

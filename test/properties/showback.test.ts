import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ENVIRONMENTS, type UsageEvent } from "#core/event.ts";
import { formatUsd, parseUsd } from "#core/money.ts";
import type { Charge } from "#core/showback/charges.ts";
import { CHARGE_DRIVERS } from "#core/showback/charges.ts";
import { DIMENSION_NAMES, NO_DRIVER } from "#core/showback/dimension.ts";
import { FOCUS_GRAIN } from "#core/showback/focus/charges.ts";
import { focusCsv } from "#core/showback/focus/csv.ts";
import type { Incident } from "#core/showback/incidents.ts";
import { SHARERS, type SharedPolicy, SPLITS } from "#core/showback/shared.ts";
import { costOf, linesOf } from "#core/showback/statement.ts";
import { readCsv } from "#test/support/csv.ts";
import type { Overrides } from "#test/support/events.ts";
import { costsOf, OCTOBER, statementOf } from "#test/support/showback.ts";

const name = (values: readonly string[]) =>
  fc.option(fc.constantFrom(...values), { nil: undefined });
const pico = fc.oneof(fc.bigInt(0n, 1_000n), fc.bigInt(-(10n ** 12n), 10n ** 13n));

/** Events of two tenants, some without owner, flow, price or tokens, some credits, some sent twice. */
const events: fc.Arbitrary<Overrides<UsageEvent>[]> = fc
  .array(
    fc.record({
      tenant: fc.constantFrom("acme", "globex"),
      attribution: fc.record({
        team: name(["search", "assist", "platform"]),
        cost_center: name(["cc-1", "cc-2"]),
        business_unit: name(["retail"]),
        service: name(["gateway", "chat", "evals"]),
        customer: name(["north", "south"]),
        environment: fc.option(fc.constantFrom(...ENVIRONMENTS), { nil: undefined }),
      }),
      identity: fc.record({ id: name(["svc-a", "svc-b"]) }),
      flow: fc.record({ session: name(["s-1", "s-2", "s-3"]), trace: fc.constant(undefined) }),
      usage: fc.record({ input_tokens: fc.nat(9_000), output_tokens: fc.nat(9) }),
      model: fc.record({ served: name(["small", "large"]) }),
      amount: fc.option(pico, { nil: undefined, freq: 6 }),
      again: fc.boolean(),
    }),
    { maxLength: 30 },
  )
  .map((drawn) =>
    drawn.flatMap(({ amount, again, ...event }, i): Overrides<UsageEvent>[] => {
      const cost = { amount: amount === undefined ? undefined : formatUsd(amount) };
      const whole = { id: `e-${i}`, ...event, cost };
      return again ? [whole, whole] : [whole];
    }),
  );

const policies: fc.Arbitrary<SharedPolicy[]> = fc
  .uniqueArray(
    fc.record({
      name: fc.constantFrom("gateway", "evals"),
      split: fc.constantFrom(...SPLITS),
      to: fc.constantFrom(...SHARERS),
    }),
    { selector: (policy) => policy.name, maxLength: 2 },
  )
  .map((drawn) =>
    drawn.map((policy) => ({
      ...policy,
      match: { "attribution.service": policy.name },
      weights: { search: 2, "cc-1": 1, retail: 7 },
    })),
  );

const toTeam = policies.map((drawn) => drawn.map((policy) => ({ ...policy, to: "team" as const })));

const charges: fc.Arbitrary<Charge[]> = fc.array(
  fc
    .record({
      name: fc.constant("contract"),
      vendor: fc.constant("acme-cloud"),
      amount: pico,
      from: fc.integer({ min: OCTOBER.from - 1_000_000, max: OCTOBER.to }),
      length: fc.integer({ min: 1, max: 10 ** 10 }),
      driver: fc.constantFrom(...CHARGE_DRIVERS),
      match: fc.constantFrom({}, { tenant: "acme" }, { "attribution.service": "ch*" }),
    })
    .map(({ length, ...charge }) => ({ ...charge, until: charge.from + length })),
  { maxLength: 2 },
);

/** Thefts of the identity that the events have, at any time. */
const incidents: fc.Arbitrary<Incident[]> = fc.array(
  fc.record({
    finding: fc.constantFrom("f-1", "f-2"),
    tenant: fc.constantFrom("acme", "globex"),
    credential: fc.constant(null),
    identity: fc.constantFrom("svc-a", "svc-b"),
    from: fc.constant(OCTOBER.from),
    until: fc.constant(OCTOBER.to),
  }),
  { maxLength: 2 },
);

const groupBy = fc.shuffledSubarray([...DIMENSION_NAMES], { minLength: 1, maxLength: 4 });

/** What the distinct events cost, by adding them up. */
function spent(sent: readonly Overrides<UsageEvent>[]): bigint {
  const distinct = new Map(
    sent.map((event) => [`${event.tenant} ${event.id}`, event.cost?.amount]),
  );
  return sum(
    [...distinct.values()].map((amount) => (amount === undefined ? 0n : parseUsd(amount)!)),
  );
}

const sum = (amounts: Iterable<bigint>): bigint => [...amounts].reduce((a, b) => a + b, 0n);

describe("showback", () => {
  it("adds up to the cost of the events, to the picodollar, under every grouping and split policy", () => {
    fc.assert(
      fc.property(events, groupBy, policies, incidents, (sent, by, shared, stolen) => {
        const statement = statementOf(sent, { groupBy: by, policies: shared, incidents: stolen });
        const lines = linesOf(statement, by);
        expect(sum(lines.map(costOf))).toBe(spent(sent));

        const totals = lines.map(({ consumption }) => consumption);
        const kept = sum(
          totals.map(({ unattributed, unauthorised }) => unattributed + unauthorised),
        );
        const direct = sum(totals.map(({ cost }) => cost)) - kept;
        const pooled = sum(statement.shared.map((cell) => cell.totals.cost));
        expect(direct + pooled + kept).toBe(spent(sent));

        const calls = [...totals, ...statement.shared.map((cell) => cell.totals)];
        const distinct = new Set(sent.map(({ id }) => id)).size;
        expect(calls.reduce((count, each) => count + each.calls, 0)).toBe(distinct);
      }),
      { numRuns: 500 },
    );
  });

  it("adds charges exactly, however they are driven", () => {
    fc.assert(
      fc.property(events, groupBy, policies, charges, (sent, by, shared, billed) => {
        const options = { groupBy: by, policies: shared };
        const whole = { from: -1e12, to: 1e13 };
        const lines = linesOf(
          statementOf(sent, { ...options, charges: billed, period: whole }),
          by,
        );
        const bills = sum(billed.map(({ amount }) => amount));
        expect(sum(lines.map(costOf))).toBe(spent(sent) + bills);
      }),
      { numRuns: 300 },
    );
  });

  it("lets a team bear the same under every grouping", () => {
    fc.assert(
      fc.property(events, groupBy, toTeam, charges, (sent, by, shared, billed) => {
        const options = { policies: shared, charges: billed };
        const fine = [...new Set([...by, "team" as const])];
        const finely = linesOf(statementOf(sent, { ...options, groupBy: fine }), fine);
        const summed: Record<string, bigint> = {};
        for (const line of finely) {
          const team = line.group[fine.indexOf("team")]!;
          summed[team] = (summed[team] ?? 0n) + costOf(line);
        }
        expect(summed).toEqual(costsOf(linesOf(statementOf(sent, options), ["team"])));
      }),
      { numRuns: 300 },
    );
  });

  it("is the same money as a FOCUS dataset, for every team", () => {
    fc.assert(
      fc.property(events, toTeam, charges, incidents, (sent, shared, billed, stolen) => {
        const options = { policies: shared, charges: billed, incidents: stolen };
        const statement = statementOf(sent, { ...options, groupBy: FOCUS_GRAIN });
        const rows = readCsv(focusCsv(OCTOBER, statement));
        const lines = linesOf(statementOf(sent, options), ["team"]);
        for (const column of ["BilledCost", "EffectiveCost"]) {
          expect(sum(rows.map((row) => parseUsd(row[column]!)!))).toBe(sum(lines.map(costOf)));
        }
        for (const line of lines) {
          if (line.group[0]!.startsWith("_")) continue;
          const own = rows.filter((row) => row["SubAccountId"] === line.group[0]);
          expect(sum(own.map((row) => parseUsd(row["BilledCost"]!)!))).toBe(costOf(line));
        }
      }),
      { numRuns: 300 },
    );
  });

  it("splits what every policy shares among those who have a driver for it", () => {
    // Proves that the properties above are not about statements in which nothing is ever split.
    const drawn = fc.sample(fc.tuple(events, policies), { numRuns: 300, seed: 1 });
    const seen = new Set<string>();
    for (const [sent, shared] of drawn) {
      for (const { pool, place, amount } of statementOf(sent, { policies: shared }).allocations) {
        if (amount !== 0n)
          seen.add(`${pool.split} ${place.includes(NO_DRIVER) ? "kept" : "split"}`);
      }
    }
    for (const split of SPLITS) expect(seen).toContain(`${split} split`);
    expect(seen).toContain("requests kept");
  });
});

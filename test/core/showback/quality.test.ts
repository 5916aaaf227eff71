import { describe, expect, it } from "vitest";
import { attributionConfidence } from "#core/attribution.ts";
import type { UsageEvent } from "#core/event.ts";
import { createDirectory, type IdentityRecord } from "#core/identity.ts";
import { createQualityLedger } from "#core/showback/quality/ledger.ts";
import { qualityReport } from "#core/showback/quality/report.ts";
import { createStatement } from "#core/showback/statement.ts";
import { createLedger } from "#core/showback/cells.ts";
import type { SharedPolicy } from "#core/showback/shared.ts";
import { eventEntry, type Overrides } from "#test/support/events.ts";
import { OCTOBER, sharedPolicy } from "#test/support/showback.ts";

/** The report over these events, as they stand in the log. */
function qualityOf(
  events: readonly Overrides<UsageEvent>[],
  { records = [], policies = [] }: { records?: IdentityRecord[]; policies?: SharedPolicy[] } = {},
) {
  const quality = createQualityLedger(createDirectory(records));
  const usage = createLedger(OCTOBER, ["team"], { policies, charges: [], incidents: [] });
  for (const [i, overrides] of events.entries()) {
    const { event, at, cost } = eventEntry({ id: `e-${i}`, flow: undefined, ...overrides });
    quality.add(event, cost, false);
    usage.add(event, at, cost);
  }
  return qualityReport(quality.ledger(), createStatement(usage.ledger(), null));
}

const costing = (amount: string | undefined, more: Overrides<UsageEvent> = {}) => ({
  cost: { amount },
  ...more,
});
/** Neither identity nor credential, and nothing that says whose it is. */
const NOBODY: Overrides<UsageEvent> = {
  identity: undefined,
  attribution: undefined,
  quality: [
    "owner.missing",
    "team.missing",
    "service.missing",
    "cost_center.missing",
    "environment.missing",
    "identity.missing",
  ],
};
const NO_TEAM: Overrides<UsageEvent> = {
  attribution: { team: undefined, cost_center: undefined },
  quality: ["team.missing", "cost_center.missing"],
};

describe("attribution quality", () => {
  it("is the confidence of the events, weighted by what they cost", () => {
    const { event } = eventEntry({ flow: undefined, ...NO_TEAM });
    const confidence = attributionConfidence(event);
    const { total } = qualityOf([costing("3"), costing("1", NO_TEAM)]);
    expect(total.score).toBeCloseTo((3 + confidence) / 4, 3);
    expect(Number(total.doubtful)).toBeCloseTo(1 - confidence, 3);
    expect(total).toMatchObject({ events: 2, cost: "4" });
  });

  it("weighs unpriced events by their tokens, beside the money", () => {
    const { total } = qualityOf([costing("1"), costing(undefined, NOBODY)]);
    expect(total).toMatchObject({ score: 1, unpriced_score: 0, cost: "1" });
    expect(qualityOf([costing(undefined)]).total.score).toBeNull();
  });

  it("is not lifted by credits", () => {
    expect(qualityOf([costing("1", NOBODY), costing("-1")]).total.score).toBe(0.5);
  });

  it("tells how many events name each field", () => {
    const { total } = qualityOf([costing("1"), costing("1"), costing("1"), costing("1", NOBODY)]);
    expect(total.named).toMatchObject({ owner: 0.75, team: 0.75, credential: 0.75, customer: 0 });
  });

  it("ranks tenants, teams and identities by the money in doubt", () => {
    const events = [
      costing("9", { identity: { id: "good" } }),
      costing("2", { identity: { id: "worse" }, ...NO_TEAM }),
      costing("1", { identity: { id: "bad" }, ...NO_TEAM, tenant: "globex" }),
    ];
    const { tenants, teams, identities } = qualityOf(events);
    expect(tenants.map(({ tenant }) => tenant)).toEqual(["acme", "globex"]);
    expect(identities.map(({ identity }) => identity)).toEqual(["worse", "bad", "good"]);
    expect(teams.map(({ tenant, team }) => [tenant, team])).toEqual([
      ["acme", "_unattributed"],
      ["globex", "_unattributed"],
      ["acme", "assist"],
    ]);
  });

  it("shows how far single events can be trusted", () => {
    const { events } = qualityOf([costing("1"), costing("2", NOBODY)]);
    expect(events.map(({ events: count, cost }) => [count, cost])).toEqual([
      [1, "2"],
      [0, "0"],
      [0, "0"],
      [0, "0"],
      [1, "1"],
    ]);
  });
});

describe("conflicts", () => {
  const records: IdentityRecord[] = [
    { id: "svc-chat", credentials: ["fp-1"], team: "platform", cost_center: "cc-900" },
  ];

  it("show what the tag says, what the directory says, and the money between them", () => {
    const conflict = { quality: ["team.conflict"] };
    const { conflicts } = qualityOf(
      [costing("1", conflict), costing("2", conflict), costing("4")],
      {
        records,
      },
    );
    expect(conflicts).toEqual([
      {
        tenant: "acme",
        identity: "svc-chat",
        field: "team",
        declared: "assist",
        directory: "platform",
        events: 2,
        cost: "3",
        unpriced_tokens: 0,
      },
    ]);
  });

  it("say so where one side is not known any more", () => {
    const { conflicts } = qualityOf([
      costing("1", { quality: ["cost_center.conflict", "identity.conflict"] }),
    ]);
    const sides = conflicts.map(({ field, declared, directory }) => [field, declared, directory]);
    expect(sides).toEqual([
      ["identity", null, "svc-chat"],
      ["cost_center", "cc-100", null],
    ]);
  });
});

describe("offenders", () => {
  it("say what hides the most money, whose it is and how to mend it", () => {
    const { offenders } = qualityOf([
      costing("5", NO_TEAM),
      costing("1", NOBODY),
      costing(undefined, { model: { served: "house-model" } }),
    ]);
    expect(offenders.map(({ gap, subject, cost }) => [gap, subject, cost])).toEqual([
      ["nobody to charge", "svc-chat", "5"],
      ["no identity", "source test", "1"],
      ["nobody to charge", "source test", "1"],
      ["no owner", "source test", "1"],
      ["environment assumed", "source test", "1"],
      ["unpriced model", "house-model", "0"],
    ]);
    expect(offenders.at(-1)).toMatchObject({ unpriced_tokens: 1_200 });
    for (const { hint } of offenders) expect(hint).toMatch(/^[A-Z].*\.$/);
  });

  it("stop at twenty", () => {
    const many = Array.from({ length: 30 }, (_, i) =>
      costing("1", { identity: { id: `svc-${i}` }, ...NO_TEAM }),
    );
    expect(qualityOf(many).offenders).toHaveLength(20);
  });
});

describe("readiness", () => {
  const resultsOf = (report: ReturnType<typeof qualityOf>) =>
    report.readiness.map(({ level, result }) => `${level} ${result}`);

  it("passes every level where all usage is attributed and priced, and says what was not measured", () => {
    const report = qualityOf([costing("1")]);
    expect(resultsOf(report)).toEqual(["crawl pass", "walk pass", "run pass"]);
    expect(report.readiness[2]!.not_measured).toEqual([
      "Shared cost split by a rule",
      "Difference to the provider's own bill",
      "Age of the price book's approval",
      "Closed periods without unexplained restatement",
      "Corrections for unauthorised usage booked",
    ]);
  });

  it.each([
    [
      "15 % of the cost is nobody's",
      [costing("85"), costing("15", NO_TEAM)],
      ["pass", "fail", "fail"],
    ],
    ["7 % of it", [costing("93"), costing("7", NO_TEAM)], ["pass", "pass", "fail"]],
    ["25 % of it", [costing("75"), costing("25", NO_TEAM)], ["fail", "fail", "fail"]],
    [
      "half of the tokens are unpriced",
      [costing("1"), costing(undefined)],
      ["pass", "fail", "fail"],
    ],
    [
      "5 % is spent on credentials without an owner",
      [costing("95"), costing("5", { identity: { owner: undefined } })],
      ["pass", "pass", "fail"],
    ],
  ] as const)("answers each level where %s", (_, events, expected) => {
    const { readiness } = qualityOf(events);
    expect(readiness.map(({ result }) => result)).toEqual(expected);
    for (const { result, reasons } of readiness) expect(reasons.length > 0).toBe(result === "fail");
  });

  it("gives the reason with the figure and the limit", () => {
    const { readiness } = qualityOf([costing("3"), costing("1", NO_TEAM)]);
    expect(readiness[0]!.reasons).toEqual(["Cost without team and cost centre: 0.25, needs < 0.2"]);
  });

  it("needs shared cost to find somebody to be split over", () => {
    const shared = { attribution: { service: "gateway" } };
    const report = qualityOf([costing("1", shared)], { policies: [sharedPolicy()] });
    expect(resultsOf(report)).toEqual(["crawl pass", "walk fail", "run fail"]);
    expect(report.readiness[1]!.reasons).toEqual(["Shared cost split by a rule: 0, needs >= 0.9"]);
  });

  it("measures nothing where nothing was used", () => {
    expect(resultsOf(qualityOf([]))).toEqual([
      "crawl not_measured",
      "walk not_measured",
      "run not_measured",
    ]);
  });
});

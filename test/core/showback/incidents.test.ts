import { describe, expect, it } from "vitest";
import type { Finding } from "#core/finding/finding.ts";
import type { Charge } from "#core/showback/charges.ts";
import { type Incident, incidentsOf } from "#core/showback/incidents.ts";
import { showbackReport } from "#core/showback/report.ts";
import { linesOf } from "#core/showback/statement.ts";
import { costsOf, OCTOBER, sharedPolicy, statementOf, teamCall } from "#test/support/showback.ts";

const at = (time: string): number => Date.parse(`2026-10-05T${time}:00Z`);
const THEFT: Incident = {
  finding: "f-1",
  tenant: "acme",
  credential: "fp-1",
  identity: null,
  from: at("07:00"),
  until: at("09:00"),
};
/** A call of a credential at a time of the day. */
const call = (team: string, cost: bigint | null, credential: string, time: string) =>
  teamCall(team, cost, {
    identity: { credential },
    flow: { session: `${credential} ${time}` },
    time: `2026-10-05T${time}:00Z`,
  });
const EVENTS = [
  call("search", 10n, "fp-1", "06:59"),
  call("search", 500n, "fp-1", "07:00"),
  call("search", 400n, "fp-1", "09:00"),
  call("search", 20n, "fp-1", "09:01"),
  call("search", 30n, "fp-2", "08:00"),
  call("assist", 60n, "fp-3", "08:00"),
];
const byTeam = (options: Parameters<typeof statementOf>[1], events = EVENTS) =>
  costsOf(linesOf(statementOf(events, { incidents: [THEFT], ...options }), ["team"]));

describe("stolen usage", () => {
  it("stands on a line of its own: the calls of the credential from the finding's first to its last", () => {
    expect(byTeam({})).toEqual({ search: 60n, assist: 60n, _unauthorised: 900n });
  });

  it("is that of the identity where the finding knows no credential", () => {
    const noon = "2026-10-05T08:00:00Z";
    const events = [
      teamCall("search", 5n, { identity: { id: "svc-a", credential: undefined }, time: noon }),
      teamCall("search", 7n, { identity: { id: "svc-b", credential: undefined }, time: noon }),
    ];
    const theft = { ...THEFT, credential: null, identity: "svc-a" };
    expect(byTeam({ incidents: [theft] }, events)).toEqual({ search: 7n, _unauthorised: 5n });
  });

  it("is nobody's of another tenant, and nobody's where the finding knows neither", () => {
    const elsewhere = byTeam({ incidents: [{ ...THEFT, tenant: "globex" }] });
    expect(elsewhere).toEqual({ search: 960n, assist: 60n });
    const events = [teamCall("search", 5n, { identity: undefined, time: "2026-10-05T08:00:00Z" })];
    const unknown = { ...THEFT, credential: null };
    expect(byTeam({ incidents: [unknown] }, events)).toEqual({ search: 5n });
  });

  it("is a part of the line of what is true of it too, such as its model", () => {
    const statement = statementOf(EVENTS, { incidents: [THEFT], groupBy: ["model"] });
    const [line] = linesOf(statement, ["model"]);
    expect(line!.consumption).toMatchObject({ cost: 1_020n, unauthorised: 900n, unattributed: 0n });
  });

  it.each(["requests", "tokens", "cost", "tasks"] as const)(
    "does not let its victim pay more of what is shared by %s",
    (split) => {
      const gateway = teamCall("platform", 120n, {
        attribution: { service: "gateway" },
        identity: { credential: "fp-9" },
      });
      const policies = [sharedPolicy({ split })];
      const untouched = EVENTS.filter((_, i) => i !== 1 && i !== 2);
      expect(byTeam({ policies }, [...EVENTS, gateway])).toEqual({
        ...byTeam({ policies }, [...untouched, gateway]),
        _unauthorised: 900n,
      });
    },
  );

  it("does not let its victim pay more of a bill", () => {
    const seats: Charge = {
      name: "seats",
      vendor: "anthropic",
      amount: 120n,
      from: OCTOBER.from,
      until: OCTOBER.to,
      driver: "cost",
      match: {},
    };
    expect(byTeam({ charges: [seats] })).toEqual({
      search: 60n + 60n,
      assist: 60n + 60n,
      _unauthorised: 900n,
    });
  });

  it("is not shared, whatever a policy matches", () => {
    const stolen = teamCall("platform", 50n, {
      attribution: { service: "gateway" },
      identity: { credential: "fp-1" },
      time: "2026-10-05T08:00:00Z",
    });
    expect(byTeam({ policies: [sharedPolicy()] }, [...EVENTS, stolen])).toEqual({
      search: 60n,
      assist: 60n,
      _unauthorised: 950n,
    });
  });

  it("is told beside the lines, with the finding and what has no price", () => {
    const events = [...EVENTS, call("search", null, "fp-1", "08:00")];
    const statement = statementOf(events, { incidents: [THEFT] });
    const { incidents, totals } = showbackReport(OCTOBER, ["team"], statement, null);
    expect(incidents).toEqual([
      {
        finding: "f-1",
        tenant: "acme",
        credential: "fp-1",
        identity: null,
        cost: "0.0000000009",
        calls: 3,
        unpriced: { calls: 1, tokens: 1_200 },
      },
    ]);
    expect(totals).toMatchObject({ direct: "0.00000000012", unauthorised: "0.0000000009" });
  });
});

describe("the incidents among findings", () => {
  const finding = (overrides: Partial<Finding>): Finding =>
    ({
      id: "f-1",
      tenant: "acme",
      family: "llmjacking",
      verdict: null,
      subject: { credential: "fp-1", identity: "svc-a" },
      first_seen: "2026-10-05T07:00:00.000Z",
      last_seen: "2026-10-05T09:00:00.000Z",
      ...overrides,
    }) as Finding;

  it("are the stolen credentials, in the time of their calls", () => {
    expect(incidentsOf([finding({})])).toEqual([THEFT]);
  });

  it.each([
    ["true_positive", 1],
    ["undetermined", 1],
    ["benign_expected", 0],
    ["fp_logic", 0],
    ["fp_data", 0],
    ["duplicate", 0],
  ] as const)("with the verdict %s are %d", (verdict, count) => {
    expect(incidentsOf([finding({ verdict })])).toHaveLength(count);
  });

  it("are of no other family", () => {
    expect(incidentsOf([finding({ family: "usage-anomaly" })])).toEqual([]);
  });
});

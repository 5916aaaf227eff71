import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Quarantined } from "#core/ports/quarantine.ts";
import type { ApiToken } from "#services/config.ts";
import { startTestService, storedEvents, type TestService } from "#test/support/service.ts";

const TIME = "2026-10-05T07:00:00.000Z";

const TOKENS: readonly ApiToken[] = [
  { name: "gateway", token: "acme-token", roles: ["ingest"], tenants: ["acme"] },
  { name: "shared", token: "two-token", roles: ["ingest"], tenants: ["acme", "globex"] },
  { name: "root", token: "root-token", roles: ["admin"], tenants: null },
  { name: "reader", token: "view-token", roles: ["viewer"], tenants: null },
];

let guarded: TestService;
beforeAll(async () => {
  guarded = await startTestService({ tokens: TOKENS });
});
afterAll(() => guarded.stop());

let next = 0;
const minimal = (more: object = {}): Record<string, unknown> => ({
  id: newId(),
  time: TIME,
  ...more,
});
const newId = (): string => `e-${next++}`;

describe("tokens", () => {
  it.each<[string, Record<string, string>, number, string]>([
    ["without a token", {}, 401, "MH_API_UNAUTHENTICATED"],
    ["with an unknown token", { authorization: "Bearer nobody" }, 401, "MH_API_UNAUTHENTICATED"],
    ["with basic credentials", { authorization: "Basic YTpi" }, 401, "MH_API_UNAUTHENTICATED"],
    ["with a reader's token", { authorization: "Bearer view-token" }, 403, "MH_API_FORBIDDEN"],
  ])("takes nothing %s", async (_, headers, status, code) => {
    const answer = await guarded.send(minimal(), { headers });
    expect(answer.json).toMatchObject({ status, code });
    expect(answer.json["remedy"]).toMatch(/token/);
  });

  it("gives an event the token's only tenant and the token's name as its source", async () => {
    const id = newId();
    await guarded.send(minimal({ id }), { token: "acme-token" });
    expect((await storedEvents(guarded)).get(id)).toMatchObject({
      tenant: "acme",
      source: "gateway",
    });
  });

  it("keeps the source an event names itself", async () => {
    const id = newId();
    await guarded.send(minimal({ id, source: "litellm" }), { token: "acme-token" });
    expect((await storedEvents(guarded)).get(id)?.source).toBe("litellm");
  });

  it.each([
    ["acme-token", "globex"],
    ["two-token", "initech"],
    ["two-token", undefined],
  ])("refuses an event that %s may not write for tenant %s", async (token, tenant) => {
    const answer = await guarded.send(minimal({ tenant }), { token });
    expect(answer.json).toMatchObject({ status: 400, code: "MH_EVENT_TENANT_MISMATCH" });
  });

  it("lets a token of several tenants, or of all, say whose event it is", async () => {
    const [one, two, none] = [newId(), newId(), newId()];
    await guarded.send(minimal({ id: one, tenant: "globex" }), { token: "two-token" });
    await guarded.send(minimal({ id: two, tenant: "initech" }), { token: "root-token" });
    await guarded.send(minimal({ id: none }), { token: "root-token" });
    const events = await storedEvents(guarded);
    expect(events.get(one)?.tenant).toBe("globex");
    expect(events.get(two)?.tenant).toBe("initech");
    expect(events.get(none)?.tenant).toBe("default");
  });
});

describe("what is kept of refused and of careless events", () => {
  const SECRET = `sk-${"Zq9".repeat(10)}`;
  const PROSE = "Please summarise the attached medical report of the patient for me.";

  it("quarantines a record without its secrets and texts", async () => {
    const wrongType = JSON.stringify(minimal({ usage: "none", key: SECRET, prompt: PROSE }));
    const body = `${wrongType}\n{"prompt": "${PROSE}", "${SECRET}`;
    await guarded.send(body, { token: "root-token" });
    const [cut, wrong] = (await guarded.service.ports.quarantine.list(2)) as [
      Quarantined,
      Quarantined,
    ];
    for (const { record } of [cut, wrong]) {
      expect(record).not.toContain(SECRET);
      expect(record).not.toContain("medical");
      expect(record).toMatch(/characters, digest:/);
    }
    expect([wrong.code, cut.code].toSorted()).toEqual([
      "MH_EVENT_UNPARSEABLE",
      "MH_EVENT_WRONG_TYPE",
    ]);
  });

  it("stores an accepted event without its secrets and texts", async () => {
    const id = newId();
    const event = minimal({
      id,
      prompt: PROSE,
      note: SECRET,
      identity: { id: SECRET },
      messages: [{ text: PROSE }],
    });
    expect((await guarded.send(event, { token: "root-token" })).json["accepted"]).toBe(1);
    const kept = JSON.stringify((await storedEvents(guarded)).get(id));
    expect(kept).not.toContain(SECRET);
    expect(kept).not.toContain("medical");
  });
});

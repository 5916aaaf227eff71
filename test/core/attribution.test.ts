import { describe, expect, it } from "vitest";
import {
  attribute,
  attributionConfidence,
  methodOf,
  ownedField,
  type OwnershipSources,
} from "#core/attribution.ts";
import type { UsageEvent } from "#core/event.ts";
import { createDirectory, type IdentityRecord } from "#core/identity.ts";
import { createOwnershipPolicy, type OwnershipRule } from "#core/ownership.ts";
import { METHODS, OTHER_CODES, OWNED_FIELDS, qualityBit, qualityCodes } from "#core/quality.ts";
import { type Overrides, usageEvent } from "#test/support/events.ts";

const BOT: IdentityRecord = {
  id: "bot",
  type: "agent",
  credentials: ["fp-bot"],
  owner: "ana@acme.example",
  team: "search",
  service: "index",
  cost_center: "cc-7",
  environment: "staging",
};

function sources(
  records: readonly IdentityRecord[] = [],
  rules: readonly OwnershipRule[] = [],
): OwnershipSources {
  return { directory: createDirectory(records), policy: createOwnershipPolicy(rules) };
}

/** An event with nothing but what the test says, attributed. */
function attributed(
  overrides: Overrides<UsageEvent>,
  from: OwnershipSources = sources(),
): UsageEvent {
  const { identity, attribution } = overrides;
  const bare = usageEvent({ ...overrides, identity: undefined, attribution: undefined });
  const event = structuredClone({
    ...bare,
    ...(identity && { identity }),
    ...(attribution && { attribution }),
  }) as UsageEvent;
  attribute(event, from);
  return event;
}

describe("identity", () => {
  it.each([
    ["the event's own id", { id: "svc" }, "svc", null],
    ["the id, also beside an unknown credential", { id: "svc", credential: "fp-x" }, "svc", null],
    [
      "the credential where nothing else is known",
      { credential: "fp-x" },
      "credential:fp-x",
      "identity.from_credential",
    ],
    [
      "the directory's owner of the credential",
      { credential: "fp-bot" },
      "bot",
      "identity.directory",
    ],
    [
      "the directory against the event",
      { id: "svc", credential: "fp-bot" },
      "bot",
      "identity.conflict",
    ],
    ["what both say", { id: "bot", credential: "fp-bot" }, "bot", null],
    ["nobody", undefined, undefined, "identity.missing"],
    ["nobody where only an owner is known", { owner: "ana" }, undefined, "identity.missing"],
  ])("is %s", (_, identity, id, code) => {
    const event = attributed({ identity }, sources([BOT]));
    expect(event.identity?.id).toBe(id);
    const codes = event.quality?.filter((known) => known.startsWith("identity.")) ?? [];
    expect(codes).toEqual(code === null ? [] : [code]);
  });

  it("keeps what a sender claimed against the directory", () => {
    const { identity } = attributed(
      { identity: { id: "svc", credential: "fp-bot" } },
      sources([BOT]),
    );
    expect(identity).toMatchObject({ id: "bot", claimed: "svc" });
    const honest = attributed({ identity: { id: "bot", credential: "fp-bot" } }, sources([BOT]));
    expect(honest.identity).not.toHaveProperty("claimed");
  });

  it("keeps its own type and takes the directory's where it has none", () => {
    const stated = { credential: "fp-bot", type: "service" } as const;
    expect(attributed({ identity: stated }, sources([BOT])).identity?.type).toBe("service");
    const silent = attributed({ identity: { credential: "fp-bot" } }, sources([BOT]));
    expect(silent.identity).toMatchObject({ id: "bot", credential: "fp-bot", type: "agent" });
  });

  it("is not found in another tenant's directory", () => {
    const event = attributed(
      { identity: { credential: "fp-bot" } },
      sources([{ ...BOT, tenant: "beta" }]),
    );
    expect(event.identity).toEqual({ credential: "fp-bot", id: "credential:fp-bot" });
  });
});

const POLICY: OwnershipRule = { match: { source: "test" }, set: { team: "policy", service: "p" } };

describe("ownership", () => {
  it.each([
    ["its own tag", { attribution: { team: "own" } }, sources([], [POLICY]), "own", null],
    [
      "the directory, by id",
      { identity: { id: "bot" } },
      sources([BOT], [POLICY]),
      "search",
      "directory",
    ],
    [
      "the directory, by credential",
      { identity: { credential: "fp-bot" } },
      sources([BOT]),
      "search",
      "directory",
    ],
    ["the policy where the directory is silent", {}, sources([BOT], [POLICY]), "policy", "policy"],
    ["nobody", {}, sources(), undefined, "missing"],
    [
      "its own tag against the directory",
      { identity: { id: "bot" }, attribution: { team: "own" } },
      sources([BOT]),
      "own",
      "conflict",
    ],
    [
      "what both say",
      { identity: { id: "bot" }, attribution: { team: "search" } },
      sources([BOT]),
      "search",
      null,
    ],
  ])("takes the team from %s", (_, overrides, from, team, method) => {
    const event = attributed(overrides, from);
    expect(event.attribution?.team).toBe(team);
    expect(methodOf(event, "team")).toBe(method);
  });

  it.each([
    ["says the owner", BOT],
    ["does not say the owner", { ...BOT, owner: undefined }],
  ])("lets the policy match what the directory filled in, where that %s", (_, record) => {
    const match = { "attribution.service": "index" };
    const policy = [{ match, set: { business_unit: "Technology" } }];
    const event = attributed({ identity: { id: "bot" } }, sources([record], policy));
    expect(event.attribution?.business_unit).toBe("Technology");
  });

  it("takes every owned field from the directory, each with its code", () => {
    const event = attributed({ identity: { id: "bot" } }, sources([BOT]));
    expect(OWNED_FIELDS.map((field) => ownedField(event, field))).toEqual([
      "ana@acme.example",
      "search",
      "index",
      "cc-7",
      "staging",
      undefined,
    ]);
    expect(event.quality).toEqual(
      ["owner", "team", "service", "cost_center", "environment"].map((f) => `${f}.directory`),
    );
  });

  it("asks for everything but a business unit", () => {
    expect(attributed({ identity: { id: "svc" } }).quality).toEqual([
      "owner.missing",
      "team.missing",
      "service.missing",
      "cost_center.missing",
      "environment.missing",
    ]);
  });

  it("says nothing of an event that says everything itself", () => {
    const event = usageEvent();
    attribute(event, sources([BOT], [POLICY]));
    expect(event).toEqual({ ...usageEvent(), quality: [] });
  });
});

describe("quality codes", () => {
  it("share one list for equal sets", () => {
    const bits = qualityBit("team", "missing") | qualityBit("owner", "policy");
    expect(qualityCodes(bits)).toBe(qualityCodes(bits));
    expect(qualityCodes(bits)).toEqual(["owner.policy", "team.missing"]);
  });

  it("have a bit of their own for every field and method", () => {
    const bits = OWNED_FIELDS.flatMap((field) =>
      Object.keys(METHODS).map((method) => qualityBit(field, method as keyof typeof METHODS)),
    );
    expect(new Set(bits).size).toBe(bits.length);
    expect(bits.every((bit) => bit > 0)).toBe(true);
  });

  it("are told apart from codes that concern no owned field", () => {
    const event = usageEvent({ quality: Object.keys(OTHER_CODES) });
    for (const field of OWNED_FIELDS) expect(methodOf(event, field)).toBeNull();
  });
});

describe("attribution confidence", () => {
  const full = { agent: "a", workflow: "w" };
  it.each([
    ["everything stated in a flow", { flow: full }, 1],
    ["everything stated outside any flow", { flow: undefined }, 1],
    ["a flow without agent and workflow", {}, 0.85],
    ["no credential", { flow: full, identity: { credential: undefined } }, 0.85],
    ["a team by the directory", { flow: full, quality: ["team.directory"] }, 0.975],
    ["a conflicting cost centre", { flow: full, quality: ["cost_center.conflict"] }, 0.925],
    [
      "the weaker of team and cost centre",
      { flow: full, quality: ["team.directory", "cost_center.missing"] },
      0.75,
    ],
    ["an inherited service", { flow: full, quality: ["service.inherited"] }, 0.98],
    [
      "an identity by its credential only",
      { flow: full, quality: ["identity.from_credential"] },
      0.79,
    ],
    ["a contested identity", { flow: full, quality: ["identity.conflict"] }, 0.91],
    ["an identity by the directory", { flow: full, quality: ["identity.directory"] }, 0.985],
  ])("weighs %s", (_, overrides, expected) => {
    expect(attributionConfidence(usageEvent(overrides))).toBeCloseTo(expected, 10);
  });

  it("is nothing where nothing is known", () => {
    expect(attributionConfidence(attributed({ flow: undefined }))).toBe(0);
  });
});

import { describe, expect, it } from "vitest";
import { createOwnershipPolicy, MATCHABLE } from "#core/ownership.ts";
import { usageEvent } from "#test/support/events.ts";

const event = usageEvent({
  attribution: { customer: "zoo", tags: { project: "atlas" } },
  flow: { workflow: "intake", agent: "main" },
  network: { ip: "198.51.100.7", asn: 64_500 },
});
/** What the event says of each field a line may match. */
const NAMED = {
  ...Object.fromEntries(Object.entries(MATCHABLE).map(([field, read]) => [field, read(event)])),
  "attribution.tags.project": "atlas",
};

describe("ownership policy", () => {
  it.each([
    ["the whole value", "svc-chat", true],
    ["part of it", "svc", false],
    ["a run of characters", "svc-*", true],
    ["no character", "svc-chat*", true],
    ["several runs", "*c*ha*t", true],
    ["anything", "*", true],
    ["another case", "SVC-*", false],
    ["a dot that is no wildcard", "svc.chat", false],
    ["brackets that are no class", "svc-[c]hat", false],
  ])("matches by %s: %s %s", (_, glob, matches) => {
    const policy = createOwnershipPolicy([
      { match: { "identity.id": glob }, set: { team: "found" } },
    ]);
    expect(policy(event)).toEqual(matches ? { team: "found" } : {});
  });

  it.each(Object.entries(NAMED))("matches by %s", (field, value) => {
    expect(value).toBeTruthy();
    const policy = createOwnershipPolicy([{ match: { [field]: value }, set: { team: "found" } }]);
    expect(policy(event)).toEqual({ team: "found" });
    const other = { id: "x", time: event.time, source: "x", type: "usage", tenant: "x" } as const;
    expect(policy(other)).toEqual({});
  });

  it.each(Object.keys(NAMED).filter((field) => field !== "tenant" && field !== "source"))(
    "takes an absent %s for nothing, not for an empty text",
    (field) => {
      const { id, time, source, type, tenant } = event;
      const policy = createOwnershipPolicy([{ match: { [field]: "*" }, set: { team: "found" } }]);
      expect(policy({ id, time, source, type, tenant })).toEqual({});
      expect(policy(event)).toEqual({ team: "found" });
    },
  );

  it("wants every field of a line to match", () => {
    const match = { tenant: "acme", "attribution.team": "other" };
    expect(createOwnershipPolicy([{ match, set: { owner: "ana" } }])(event)).toEqual({});
  });

  it("takes each field from the first line that sets it", () => {
    const policy = createOwnershipPolicy([
      { match: { tenant: "acme" }, set: { team: "first" } },
      { match: { tenant: "nobody" }, set: { service: "no" } },
      { match: {}, set: { team: "second", owner: "ana" } },
    ]);
    expect(policy(event)).toEqual({ team: "first", owner: "ana" });
  });

  it("answers by what it matches, not by whom it saw before", () => {
    const policy = createOwnershipPolicy([
      { match: { "attribution.customer": "zoo" }, set: { team: "found" } },
    ]);
    expect(policy(event)).toEqual({ team: "found" });
    expect(policy(usageEvent())).toEqual({});
    expect(policy(usageEvent({ attribution: { customer: "zoo2" } }))).toEqual({});
    expect(policy(event)).toEqual({ team: "found" });
  });

  it("forgets old answers rather than growing, and answers the same after", () => {
    const policy = createOwnershipPolicy([{ match: { "identity.id": "a*" }, set: { team: "t" } }]);
    for (let i = 0; i < 10_500; i++) {
      const answer = policy(usageEvent({ identity: { id: `${i % 2 ? "a" : "b"}${i}` } }));
      expect(answer).toEqual(i % 2 ? { team: "t" } : {});
    }
  });

  it("says nothing where it has no lines", () => {
    expect(createOwnershipPolicy([])(event)).toEqual({});
  });
});

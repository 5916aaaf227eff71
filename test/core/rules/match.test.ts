import { describe, expect, it } from "vitest";
import type { UsageEvent } from "#core/event.ts";
import { readLocated } from "#core/located.ts";
import { compileSelection } from "#core/rules/match.ts";
import type { Overrides } from "#test/support/events.ts";
import { observedAt, START } from "#test/support/observed.ts";

const { at } = readLocated("rule.yml", "");

function holds(selection: Record<string, unknown>, event: Overrides<UsageEvent> = {}): boolean {
  const { holds, requires, problems } = compileSelection(selection, ["select", "events"], at);
  expect(problems).toEqual([]);
  const observed = observedAt(START, { quality: ["owner.missing", "team.conflict"], ...event });
  const isHeld = holds(observed);
  // What it requires must never keep an event from it that it selects.
  if (isHeld && requires) expect(requires.values).toContain(requires.read(observed));
  return isHeld;
}

function problemsOf(selection: Record<string, unknown>): string[] {
  const { problems } = compileSelection(selection, ["select", "events"], at);
  return problems.map(({ path, message }) => `${path}: ${message}`);
}

describe("a selection", () => {
  it.each<[string, Record<string, unknown>, boolean]>([
    ["an equal text", { "model.provider": "anthropic" }, true],
    ["another text", { "model.provider": "openai" }, false],
    ["an equal number", { "usage.input_tokens": 1_000 }, true],
    ["one of a list", { "model.provider": ["openai", "anthropic"] }, true],
    ["none of a list", { "model.provider": ["openai", "google"] }, false],
    ["not_in", { "model.provider": { not_in: ["openai"] } }, true],
    ["not_in with the value", { "model.provider": { not_in: ["anthropic"] } }, false],
    ["ne", { "model.provider": { ne: "openai" } }, true],
    ["gt at the value", { "usage.input_tokens": { gt: 1_000 } }, false],
    ["gte at the value", { "usage.input_tokens": { gte: 1_000 } }, true],
    ["lt at the value", { "usage.input_tokens": { lt: 1_000 } }, false],
    ["lte at the value", { "usage.input_tokens": { lte: 1_000 } }, true],
    ["a range", { "usage.input_tokens": { gt: 10, lt: 2_000 } }, true],
    ["money", { "cost.amount": { gt: 0.005, lt: 0.007 } }, true],
    ["prefix", { "model.requested": { prefix: "claude-" } }, true],
    ["glob", { "model.requested": { glob: "claude-*-4-*" } }, true],
    ["a glob whose ends would overlap", { "identity.id": { glob: "svc-chat*chat" } }, false],
    ["a glob without a star", { "identity.id": { glob: "svc" } }, false],
    ["siblings of which one fails", { "model.provider": "anthropic", "identity.id": "x" }, false],
    ["any", { any: [{ "identity.id": "x" }, { "identity.id": "svc-chat" }] }, true],
    ["all", { all: [{ "identity.id": "x" }, { "identity.id": "svc-chat" }] }, false],
    ["not", { not: { "identity.id": "x" } }, true],
    ["a quality code the event carries", { "quality.team.conflict": { exists: true } }, true],
    ["one it does not", { "quality.identity.missing": { exists: true } }, false],
    ["the root of the flow", { "flow.root": "trace-1" }, true],
    ["nothing at all", {}, true],
  ])("judges %s", (_, selection, expected) => {
    expect(holds(selection)).toBe(expected);
  });

  it.each([
    [{ "usage.input_tokens": { gt: 5 }, "model.provider": ["b", "a"] }, "model.provider", "a,b"],
    [{ "identity.id": { prefix: "svc-" } }, "identity.id to 4", "svc-"],
    [{ all: [{ "identity.id": { glob: "svc-*-eu" } }] }, "identity.id to 4", "svc-"],
  ])("tells of %j what an event must say", (selection, field, values) => {
    const { requires } = compileSelection(selection, ["select", "events"], at);
    expect(requires?.field).toBe(field);
    expect([...requires!.values].toSorted().join()).toBe(values);
  });

  it.each([
    { not: { "model.provider": "a" } },
    { any: [{ "model.provider": "a" }, { "model.provider": "b" }] },
    { "identity.id": { glob: "*-eu" } },
    { "model.provider": { ne: "a" } },
  ])("requires nothing for %j", (selection) => {
    expect(compileSelection(selection, ["select", "events"], at).requires).toBeNull();
  });

  it.each<[string, unknown, boolean]>([
    ["equals", "x", false],
    ["in", ["x"], false],
    ["ne", { ne: "x" }, true],
    ["not_in", { not_in: ["x"] }, false],
    ["prefix", { prefix: "x" }, false],
    ["exists", { exists: true }, false],
    ["does not exist", { exists: false }, true],
  ])("takes a missing field as false, except: %s", (_, wanted, expected) => {
    expect(holds({ "attribution.customer": wanted })).toBe(expected);
    expect(holds({ "flow.agent": wanted }, { flow: undefined })).toBe(expected);
  });

  it.each([
    ["198.51.100.0/24", "198.51.100.255", true],
    ["198.51.100.0/24", "198.51.101.0", false],
    ["0.0.0.0/0", "203.0.113.1", true],
    ["203.0.113.1/32", "203.0.113.2", false],
    ["198.51.100.0/24", "not an address", false],
    ["198.51.100.0/24", "198.51.100", false],
    ["198.51.100.0/24", "2001:db8::1", false],
    ["2001:db8::/32", "2001:db8:1::1", true],
    ["2001:db8::/32", "2001:db9::", false],
  ])("asks whether %s holds %s", (cidr, ip, expected) => {
    expect(holds({ "network.ip": { cidr } }, { network: { ip } })).toBe(expected);
  });

  it("compares fields that come as text or number alike", () => {
    for (const asn of [64_500, "64500"]) {
      expect(holds({ "network.asn": 64_500 }, { network: { asn } })).toBe(true);
      expect(holds({ "network.asn": ["64500"] }, { network: { asn } })).toBe(true);
    }
  });

  it.each([
    ["anthropic-sdk-python/0.39.0", "anthropic-sdk-python"],
    ["Boto3/1.35.60 Botocore/1.35.60", "boto3"],
    ["curl", "curl"],
  ])("reads the client family of %s", (user_agent, family) => {
    expect(holds({ "network.client": family }, { network: { user_agent } })).toBe(true);
  });
});

describe("a selection that cannot be meant", () => {
  it.each<[string, Record<string, unknown>, string]>([
    [
      "an unknown field",
      { "usage.input_token": 1 },
      'unknown event field "usage.input_token", did you mean "usage.input_tokens"?',
    ],
    [
      "an unknown quality code",
      { "quality.team.conflicts": { exists: true } },
      'did you mean "quality.team.conflict"?',
    ],
    ["an unknown operator", { "identity.id": { prefx: "a" } }, 'did you mean "prefix"?'],
    ["a text for a number", { "usage.retries": "1" }, "the field holds a number"],
    ["a comparison of texts", { "identity.id": { gt: 1 } }, "the field holds a text"],
    ["a value that never is", { "outcome.status": "oke" }, 'did you mean "ok"?'],
    ["an empty list", { "identity.id": [] }, "takes a list of values"],
    ["a range that is none", { "network.ip": { cidr: "198.51.100.0" } }, "takes a range like"],
    ["`any` of nothing", { any: [] }, "takes a list of selections"],
    ["`not` of a list", { not: [] }, "takes one selection"],
    ["exists with a text", { "identity.id": { exists: "yes" } }, "takes true or false"],
  ])("names %s", (_, selection, message) => {
    expect(problemsOf(selection)).toHaveLength(1);
    expect(problemsOf(selection)[0]).toContain(message);
  });

  it("names everything that is wrong at once, each with its path", () => {
    const problems = problemsOf({ any: [{ "no.field": 1 }, { "usage.retries": { gte: "x" } }] });
    expect(problems.map((problem) => problem.split(":")[0])).toEqual([
      "select.events.any.0.no.field",
      "select.events.any.1.usage.retries.gte",
    ]);
  });
});

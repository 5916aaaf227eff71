import { describe, expect, it } from "vitest";
import type { UsageEvent } from "#core/event.ts";
import { describeProblem } from "#core/located.ts";
import { createOwnershipPolicy } from "#core/ownership.ts";
import { parseOwnership } from "#core/site/ownership.ts";

const parse = (text: string) => parseOwnership("ownership.yml", text);
const told = (text: string) => parse(text).problems.map(describeProblem);

describe("ownership file", () => {
  it("keeps the lines in order, and the first that sets a field counts", () => {
    const { rules } = parse(`
rules:
  - match: { "identity.id": "svc-*", tenant: acme }
    set: { team: search, environment: staging }
  - match: {}
    set: { team: platform, cost_center: "0042" }
`);
    expect(rules).toHaveLength(2);
    const event: UsageEvent = {
      id: "1",
      time: "2026-10-05T07:00:00Z",
      source: "file",
      type: "usage",
      tenant: "acme",
      identity: { id: "svc-chat" },
    };
    expect(createOwnershipPolicy(rules)(event)).toEqual({
      team: "search",
      environment: "staging",
      cost_center: "0042",
    });
  });

  it("takes any tag by its name", () => {
    const { rules, problems } = parse(`
rules:
  - match: { "attribution.tags.project": "atlas*", "model.provider": openai }
    set: { team: search }
`);
    expect(problems).toEqual([]);
    expect(rules[0]?.match).toEqual({
      "attribution.tags.project": "atlas*",
      "model.provider": "openai",
    });
  });

  it("refuses a line that sets nothing", () => {
    const text = "rules:\n  - match: { tenant: acme }\n    set: {}\n";
    expect(told(text)).toEqual(["ownership.yml:3:5: rules.0.set: sets nothing"]);
  });

  it("tells unknown fields with the nearest name, wrong environments and wrong types", () => {
    const text = `rules:
  - match: { "identity.ids": "svc-*", "attribution.tags.": x }
    set: { taem: search }
  - match: { tenant: acme, source: 7, sorce: x }
    set: { environment: prod }
  - set: { team: 7 }
`;
    expect(told(text)).toEqual([
      'ownership.yml:2:14: rules.0.match.identity.ids: unknown key, did you mean "identity.id"?',
      'ownership.yml:2:39: rules.0.match.attribution.tags.: unknown key, did you mean "attribution.team"?',
      'ownership.yml:3:12: rules.0.set.taem: unknown key, did you mean "team"?',
      "ownership.yml:4:28: rules.1.match.source: must be text: put it in quotes",
      'ownership.yml:4:39: rules.1.match.sorce: unknown key, did you mean "source"?',
      'ownership.yml:5:12: rules.1.set.environment: must be one of "production", "staging", "development", "test", "pilot"',
      "ownership.yml:6:5: rules.2.match: is missing: a map of keys is expected",
      "ownership.yml:6:12: rules.2.set.team: must be text: put it in quotes",
    ]);
  });
});

import { describe, expect, it } from "vitest";
import { describeProblem } from "#core/located.ts";
import { joinSharedCost, parseSharedCost } from "#core/site/shared-cost.ts";

const parse = (text: string, file = "showback.yml") => parseSharedCost(file, text);
const told = (text: string) => parse(text).problems.map(describeProblem);

describe("showback file", () => {
  it("says which usage is shared, by what and over whom it is split", () => {
    const { policies, problems } = joinSharedCost([
      parse(`
shared:
  - name: gateway
    match: { attribution.service: llm-gateway }
    split: requests
  - name: evaluations
    match: { identity.id: "svc-eval-*" }
    split: weights
    to: cost_center
    weights: { cc-100: 3, cc-200: 1 }
`),
    ]);
    expect(problems).toEqual([]);
    expect(policies).toEqual([
      {
        name: "gateway",
        match: { "attribution.service": "llm-gateway" },
        split: "requests",
        to: "team",
        weights: {},
      },
      {
        name: "evaluations",
        match: { "identity.id": "svc-eval-*" },
        split: "weights",
        to: "cost_center",
        weights: { "cc-100": 3, "cc-200": 1 },
      },
    ]);
  });

  it("refuses to share everything, weights without their split, and a split without its weights", () => {
    const text = `shared:
  - { name: all, match: {}, split: cost }
  - { name: a, match: { source: gw }, split: weights }
  - { name: b, match: { source: gw }, split: even, weights: { search: 1 } }
`;
    expect(told(text)).toEqual([
      "showback.yml:2:18: shared.0.match: matches every event: nobody would be left to share with",
      "showback.yml:3:5: shared.1.weights: is missing: split by weights needs them",
      "showback.yml:4:52: shared.2.weights: only split: weights takes them",
    ]);
  });

  it("tells unknown fields, splits and weights with their place, all at once", () => {
    const text = `shared:
  - { name: a, match: { sorce: gw }, split: request }
  - { name: b, match: { source: gw }, split: weights, to: planet, weights: { search: 0.5 } }
`;
    expect(told(text)).toEqual([
      'showback.yml:2:25: shared.0.match.sorce: unknown key, did you mean "source"?',
      'showback.yml:2:38: shared.0.split: must be one of "requests", "tokens", "cost", "tasks", "even", "weights", did you mean "requests"?',
      'showback.yml:3:55: shared.1.to: must be one of "team", "cost_center", "business_unit", "service", "customer", "identity"',
      "showback.yml:3:78: shared.1.weights.search: must be a whole number",
    ]);
  });

  it("refuses one name for two shared costs, across files", () => {
    const one = "shared: [{ name: gateway, match: { source: gw }, split: cost }]";
    const { problems } = joinSharedCost([parse(one, "a.yml"), parse(one, "b.yml")]);
    expect(problems.map(describeProblem)).toEqual([
      "b.yml:1:12: shared.0.name: the name is taken at a.yml:1:12",
    ]);
  });
});

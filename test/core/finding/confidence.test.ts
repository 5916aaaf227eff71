import { describe, expect, it } from "vitest";
import { confidenceOf } from "#core/finding/confidence.ts";

const best = { rule: 1, lineage: "edges", attribution: 1, baseline: null } as const;

describe("confidence", () => {
  it.each([
    ["the rule's own where all else is certain", {}, 1],
    ["lower by the rule", { rule: 0.8 }, 0.8],
    ["lower by a lineage of sessions", { lineage: "session" }, 0.95],
    ["lower without lineage", { lineage: "none" }, 0.9],
    ["lower by half an attribution", { attribution: 0.5 }, 0.8],
    ["lower without attribution", { attribution: 0 }, 0.6],
    ["the same with an own baseline", { baseline: "own" }, 1],
    ["lower by the peers' baseline", { baseline: "peer" }, 0.85],
    ["lower by the tenant's baseline", { baseline: "tenant" }, 0.8],
    ["lower by a ceiling", { baseline: "ceiling" }, 0.8],
    ["lower without a baseline", { baseline: "none" }, 0.7],
    ["as low for a source nobody knows", { baseline: "elsewhere" }, 0.7],
    [
      "the product, rounded",
      { rule: 0.85, lineage: "session", attribution: 0.9, baseline: "ceiling" },
      0.62,
    ],
  ] as const)("is %s", (_, changes, expected) => {
    expect(confidenceOf({ ...best, ...changes })).toBe(expected);
  });
});

import { describe, expect, it } from "vitest";
import type { FactValue } from "#core/detector.ts";
import { factName, isNoFact, showFact } from "#services/console/src/format/facts.ts";

describe("a fact on the page", () => {
  it.each<[string, FactValue, string]>([
    ["window", 3_600, "1 h"],
    ["age", 138_626, "1 d 14 h"],
    ["observed", 1_387, "1,387"],
    ["ratio", 2.8466666, "2.847"],
    ["first_seen", "2026-11-20T00:15:00.000Z", "2026-11-20 00:15 UTC"],
    ["reason", "call_rate", "call rate"],
    ["metric", "network.client", "network.client"],
    ["network", "AS64507", "AS64507"],
    ["agent", "", "–"],
    ["hidden", true, "yes"],
  ])("%s %j reads %j", (name, value, text) => {
    expect(showFact(name, value)).toBe(text);
  });

  it("has a name in words, and is left out where there is nothing", () => {
    expect(factName("flow_calls")).toBe("Flow calls");
    expect(factName("n")).toBe("Samples");
    expect([null, "", 0, false].map(isNoFact)).toEqual([true, true, false, false]);
  });
});

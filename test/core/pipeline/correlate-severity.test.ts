import { describe, expect, it } from "vitest";
import type { UsageEvent } from "#core/event.ts";
import type { FindingBody } from "#core/finding/finding.ts";
import type { RuleFile } from "#core/rules/rule.ts";
import type { Overrides } from "#test/support/events.ts";
import { startFold } from "#test/support/fold-run.ts";
import { resolvedAt, START } from "#test/support/observed.ts";
import { probeProgram } from "#test/support/probe.ts";

/** What a first signal, of a dollar unless the test says otherwise, tells under a rule. */
function bodyOf(rule: Partial<RuleFile>, event: Overrides<UsageEvent>): FindingBody {
  const run = startFold(probeProgram(rule));
  run.event(resolvedAt(START, { cost: { amount: "1" }, extra: { signal: 1 }, ...event }));
  return run.outputs.findings.at(-1)!.body;
}

describe("severity", () => {
  const severity = (rule: Partial<RuleFile>, event: Overrides<UsageEvent>): string =>
    bodyOf(rule, event).severity;
  const cost = (amount: string): Overrides<UsageEvent> => ({ cost: { amount } });

  it.each([
    ["0.04", "info"],
    ["0.042", "low"],
    ["0.41", "low"],
    ["0.42", "medium"],
    ["20.8", "medium"],
    ["20.84", "high"],
  ])("of an excess of $%s in an hour is %s by impact", (amount, expected) => {
    expect(severity({ severity: "impact", levels: [] }, cost(amount))).toBe(expected);
  });

  it("of usage without a price is medium by impact, and its excess null", () => {
    expect(bodyOf({ severity: "impact" }, { cost: undefined })).toMatchObject({
      severity: "medium",
      explanation: "unpriced too much",
      detected_after: { events: 1, spend: null },
      showback: { observed: null, excess: null, projected_daily: null, unpriced_events: 1 },
    });
  });

  it.each([
    [{ when: { size: { gte: 1 } } }, true],
    [{ when: { size: { gt: 1 } } }, false],
    [{ when: { size: { lte: 1 } } }, true],
    [{ when: { size: { lt: 1 } } }, false],
    [{ when: { size: 1 } }, true],
    [{ when: { size: "1" } }, false],
    [{ when: { size: { gte: 1, lt: 1 } } }, false],
    [{ when: { missing: { gte: 0 } } }, false],
    [{ impact: "notice" as const }, true],
    [{ impact: "serious" as const }, false],
    [{ when: { size: 1 }, impact: "serious" as const }, false],
    [{ when: { size: 1 }, impact: "material" as const }, true],
  ])("rises by the level %j: %s", (level, holds) => {
    const levels = [{ ...level, severity: "critical" as const }];
    expect(severity({ levels }, {})).toBe(holds ? "critical" : "low");
  });

  it.each([
    ["material" as const, "critical"],
    ["serious" as const, "low"],
  ])("of usage without a price counts as at least material: %s", (impact, expected) => {
    const levels = [{ impact, severity: "critical" as const }];
    expect(severity({ levels }, { cost: undefined })).toBe(expected);
  });

  it("is the worst of the levels that hold", () => {
    const levels = [
      { when: { size: 1 }, severity: "high" as const },
      { when: { size: 1 }, severity: "medium" as const },
    ];
    expect(severity({ levels }, {})).toBe("high");
  });

  it("is medium at most where the baseline is not the entity's own", () => {
    const rule = { severity: "critical" as const, levels: [] };
    expect(severity(rule, {})).toBe("critical");
    for (const source of ["ceiling", "peer", "none"]) {
      expect(severity(rule, { extra: { signal: 1, source } })).toBe("medium");
    }
  });
});

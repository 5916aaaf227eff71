import { describe, expect, it } from "vitest";
import { explain } from "#core/explain/explanation.ts";
import type { Finding } from "#core/finding/finding.ts";
import { createProgram } from "#core/pipeline/program.ts";
import { DEFAULT_IMPACT, rank } from "#core/severity.ts";
import { replay } from "#services/replay/replay.ts";
import { loadRules } from "#services/rules/load.ts";
import { resolvedTest } from "#test/support/rule-events.ts";

const RULES = loadRules();

/** What a shipped rule finds in its own attacks. */
async function findingsOf(id: string): Promise<Finding[]> {
  const compiled = RULES.find(({ rule }) => rule.id === id)!;
  const program = createProgram([compiled], DEFAULT_IMPACT);
  const attacks = compiled.rule.tests.filter(({ expect: { alert } }) => alert > 0);
  const found = await Promise.all(
    attacks.map(async (test) => {
      const events = resolvedTest(test);
      async function* batches() {
        yield events;
      }
      return (await replay(program, batches())).findings;
    }),
  );
  return found.flat();
}

const explained = (finding: Finding, changes: Partial<Finding> = {}) => {
  const compiled = RULES.find(({ rule }) => rule.id === finding.rule)!;
  return explain({ ...finding, ...changes }, compiled, DEFAULT_IMPACT);
};

describe("the explanation of a finding", () => {
  it.each(RULES.map(({ rule }) => rule.id))(
    "of %s leaves nothing without a word, and its figures give the finding's own",
    async (id) => {
      const findings = await findingsOf(id);
      expect(findings.length).toBeGreaterThan(0);
      for (const finding of findings) {
        const { decision, facts, severity, confidence, attribution, near_misses } =
          explained(finding);
        expect(decision.meaning).toMatch(/\S/);
        expect(facts.filter(({ meaning }) => meaning === null)).toEqual([]);
        expect(attribution.codes.filter(({ meaning }) => meaning === null)).toEqual([]);
        const { lineage, attribution: attributed, baseline } = confidence.factors;
        expect(confidence.rule! * lineage * attributed * baseline).toBeCloseTo(
          finding.confidence,
          3,
        );
        expect(rank(severity!.now)).toBeLessThanOrEqual(rank(finding.severity));
        expect(near_misses.map(({ kind }) => kind)).toContain("just_below");
      }
    },
  );

  it("says which levels hold, by facts and by money", async () => {
    const [finding] = await findingsOf("llmjacking.composite");
    const facts = { ...finding!.facts, score: 80, groups: 2 };
    const showback = { ...finding!.showback, projected_daily: "499.99" };
    const { severity } = explained(finding!, { facts, showback });
    expect(severity!.base).toEqual({ severity: "low", by: "rule" });
    expect(severity!.levels.map(({ condition, holds }) => [condition, holds])).toEqual([
      ["score >= 60", true],
      ["score >= 75, groups >= 2", true],
      ["groups >= 2, excess >= $500 a day (serious)", false],
      ["score >= 90, groups >= 3", false],
      ["groups >= 3, excess >= $500 a day (serious)", false],
    ]);
    expect(severity!.now).toBe("high");
  });

  it("says that a baseline of somebody else caps the severity", async () => {
    const [finding] = await findingsOf("usage-anomaly.own-peak-hour");
    const facts = { ...finding!.facts, ratio: 9, baseline: { source: "ceiling", n: 0 } };
    const showback = { ...finding!.showback, projected_daily: "9000" };
    const { severity, confidence } = explained(finding!, { facts, showback });
    expect(severity).toMatchObject({ cap: "medium", now: "medium" });
    expect(confidence).toMatchObject({ baseline: "ceiling", factors: { baseline: 0.8 } });
  });

  it("tells the kill chain and the rules that agree in their order, and apart from the facts", async () => {
    const [finding] = await findingsOf("llmjacking.composite");
    const signals = { "new-tenant.model": "2026-10-05T07:00:00.000Z", [finding!.rule]: "later" };
    const facts = { ...finding!.facts, chain: "probe > burst", signals };
    const explanation = explained(finding!, { facts });
    expect(explanation.chain).toEqual(["probe", "burst"]);
    expect(explanation.joined.map(({ rule }) => rule)).toEqual(["new-tenant.model", finding!.rule]);
    const names = explanation.facts.map(({ name }) => name);
    expect(names).not.toContain("chain");
    expect(names).not.toContain("signals");
  });

  it("of a rule that left the set explains what the finding says itself", async () => {
    const [finding] = await findingsOf("prompt-loop.strict-repeat");
    const explanation = explain(finding!, null, DEFAULT_IMPACT);
    expect(explanation).toMatchObject({ rule: null, severity: null, near_misses: [] });
    expect(explanation.money.observed).toBe("cost of the episode");
    expect(explanation.facts.map(({ name }) => name)).toContain("repeats");
  });
});

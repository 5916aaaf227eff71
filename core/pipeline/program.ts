import type { Detector } from "../detector.ts";
import type { Family } from "../finding/finding.ts";
import type { RuleFile } from "../rules/rule.ts";
import type { Impact } from "../severity.ts";

/** A rule with the detector it names and that detector's checked parameters. */
export interface CompiledRule {
  rule: RuleFile;
  detector: Detector;
  params: unknown;
}

/** What the fold runs: the rule set in effect and the site's idea of what matters. */
export interface Program {
  rules: readonly CompiledRule[];
  /** Those that hear of audit events too. */
  auditRules: readonly CompiledRule[];
  byId: ReadonlyMap<string, RuleFile>;
  /** Families whose open episodes cover this one, from the rules' `covers`. */
  coveredBy: ReadonlyMap<Family, readonly Family[]>;
  impact: Impact;
}

export function createProgram(rules: readonly CompiledRule[], impact: Impact): Program {
  const coveredBy = new Map<Family, Family[]>();
  for (const { rule } of rules) {
    for (const covered of rule.covers ?? []) {
      coveredBy.set(covered, [...(coveredBy.get(covered) ?? []), rule.family]);
    }
  }
  const byId = new Map(rules.map(({ rule }) => [rule.id, rule]));
  const auditRules = rules.filter(({ detector }) => detector.audits);
  return { rules, auditRules, byId, coveredBy, impact };
}

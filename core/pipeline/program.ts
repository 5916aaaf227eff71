import type { Detector } from "../detector.ts";
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
  byId: ReadonlyMap<string, RuleFile>;
  impact: Impact;
}

export function createProgram(rules: readonly CompiledRule[], impact: Impact): Program {
  return { rules, byId: new Map(rules.map(({ rule }) => [rule.id, rule])), impact };
}

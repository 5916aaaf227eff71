import type { CompiledRule } from "#core/pipeline/program.ts";
import { type FileProblem } from "#core/located.ts";
import { compileRules } from "#core/rules/compile.ts";
import { DETECTORS } from "#detectors/index.ts";

const REST = `
version: 1
status: test
name: A rule of a test
family: fan-out-spike
severity: low
confidence: 0.8
episode: { quiet: 6h }
title: "{facts.metric} {facts.observed}"
explanation: "{showback.excess}"
mappings: {}
false_positives: [A test.]
triage: Look.
respond: Act.
tests:
  - { name: a, kind: true_positive, expect: { alert: 1 }, events: [{ at: +0s }] }
  - { name: b, kind: benign_lookalike, expect: { alert: 0 }, events: [{ at: +0s }] }
  - { name: c, kind: just_below, expect: { alert: 0 }, events: [{ at: +0s }] }
`;

/** The file of such a rule. */
export function ruleText(name: string, text: string): string {
  return `id: fan-out-spike.${name}\n${text}${REST}`;
}

/** Compiles a rule of which a test writes only what matters to it. */
export function compileRule(
  text: string,
  rest = REST,
  moreTests = "",
): { rules: CompiledRule[]; problems: FileProblem[] } {
  const file = "rules/fan-out-spike/test.yml";
  return compileRules(
    [{ file, text: `id: fan-out-spike.test\n${text}${rest}${moreTests}` }],
    DETECTORS,
  );
}

export function correlationRule(text: string): CompiledRule {
  const { rules, problems } = compileRule(text);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return rules[0]!;
}

import type { CompiledRule } from "#core/pipeline/program.ts";
import { compileRules } from "#core/rules/compile.ts";
import { DETECTORS } from "#detectors/index.ts";
import type { SimpleRule } from "./simple-rules.ts";

/** What a rule file needs beside what it looks for. */
const REST = `
version: 1
status: test
name: A rule of the bench
family: usage-anomaly
severity: low
confidence: 0.5
episode: { quiet: 6h }
title: "{subject.identity}"
explanation: "{facts.metric}"
mappings: {}
false_positives: [A bench.]
triage: None.
respond: None.
tests:
  - { name: a, kind: true_positive, expect: { alert: 1 }, events: [{ at: +0s }] }
  - { name: b, kind: benign_lookalike, expect: { alert: 0 }, events: [{ at: +0s }] }
  - { name: c, kind: just_below, expect: { alert: 0 }, events: [{ at: +0s }] }
`;

/** The simple rules in Meterhound's own form; each also keeps a window of the calls it selects. */
export function compileSimple(rules: readonly SimpleRule[]): CompiledRule[] {
  return compile(
    rules.map(
      ({ model, environment, tokens }) => `
select:
  calls:
    model.requested: ${JSON.stringify(model)}
    attribution.environment: ${environment}
    usage.input_tokens: { gt: ${tokens} }
correlate: { type: count, by: [identity.id], window: 1m, condition: { gt: 256 } }
entity: identity
`,
    ),
  );
}

/** Limits that are hardly ever reached: rules that find something all day are no rules. */
const COUNT = "correlate: { type: count, by: [identity.id], window: 1m, condition: { gt: 256 } }";
const DISTINCT = `correlate: { type: distinct, by: [identity.credential], field: network.ip, window: 1h, condition: { gt: 100 } }`;
const FIRST = "correlate: { type: first_seen, by: [identity.id], field: model.operation }";

/** Rules of mixed kinds as a site of many teams would write them: each looks at a part of the events. */
export function mixedRules(count: number, models: readonly string[]): CompiledRule[] {
  const model = (i: number): string => JSON.stringify(models[i % models.length]!);
  const templates = [
    (i: number) => `
select: { calls: { model.requested: ${model(i)}, usage.input_tokens: { gt: ${(i % 40) * 500} } } }
${COUNT}
entity: identity
`,
    (i: number) => `
select: { calls: { attribution.team: team-${i}, outcome.status: [error, throttled] } }
${COUNT}
entity: identity
`,
    (i: number) => `
select: { calls: { identity.id: { prefix: "svc-${i}" }, network.ip: { exists: true } } }
${DISTINCT}
entity: credential
`,
    (i: number) => `
select: { calls: { attribution.customer: customer-${i} } }
${FIRST}
entity: identity
`,
    (i: number) => `
select: { calls: { model.requested: { in: [${model(i)}, ${model(i + 7)}] }, attribution.environment: staging } }
${FIRST}
entity: identity
`,
  ];
  return compile(Array.from({ length: count }, (_, i) => templates[i % templates.length]!(i)));
}

function compile(texts: readonly string[]): CompiledRule[] {
  const sources = texts.map((text, i) => ({
    file: `usage-anomaly/bench-${i}.yml`,
    text: `id: usage-anomaly.bench-${i}\n${text}${REST}`,
  }));
  const { rules, problems } = compileRules(sources, DETECTORS);
  if (problems.length > 0) throw new Error(JSON.stringify(problems.slice(0, 3)));
  return rules;
}

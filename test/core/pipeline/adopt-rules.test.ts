import { describe, expect, it } from "vitest";
import { createProgram, type Program } from "#core/pipeline/program.ts";
import type { RuleFile } from "#core/rules/rule.ts";
import { DEFAULT_IMPACT } from "#core/severity.ts";
import { HOUR, MINUTE } from "#core/time.ts";
import { correlationRule } from "#test/support/correlation-rule.ts";
import { type FoldRun, startFold } from "#test/support/fold-run.ts";
import { resolvedAt, START } from "#test/support/observed.ts";
import { probe, probeProgram } from "#test/support/probe.ts";

const LOW: Partial<RuleFile> = { id: "usage-anomaly.low", severity: "low" };
const HIGH: Partial<RuleFile> = { id: "usage-anomaly.high", severity: "high" };

function signal(run: FoldRun, offset: number): void {
  run.event(resolvedAt(START + offset, { extra: { signal: 1 } }));
}

const told = (run: FoldRun): string[] =>
  run.outputs.findings.map(({ kind, body }) => `${kind} ${body.rule} ${body.severity}`);
const rulesWithStates = (run: FoldRun): string[] => [
  ...run.state.tenants.get("acme")!.detectors.keys(),
];

describe("another rule set", () => {
  it("keeps the states of rules that stay, whatever their thresholds", () => {
    const run = startFold(probeProgram(LOW, HIGH));
    signal(run, 0);
    const next = startFold(probeProgram({ ...LOW, severity: "medium", version: 9 }), run.state);
    expect(rulesWithStates(next)).toEqual(["usage-anomaly.low"]);
    signal(next, MINUTE);
    const states = run.state.tenants.get("acme")!.detectors.get("usage-anomaly.low");
    expect(states?.states.get("all")).toEqual({ steps: 2 });
  });

  it("drops the states of a rule that names another detector", () => {
    const run = startFold(probeProgram(LOW));
    signal(run, 0);
    const other = { ...probe, id: "other" };
    const [rule] = probeProgram(LOW).rules;
    const program = createProgram([{ ...rule!, detector: other }], DEFAULT_IMPACT);
    expect(rulesWithStates(startFold(program, run.state))).toEqual([]);
  });

  it("lets the rules that stay speak for an episode that one that left has led", () => {
    const run = startFold(probeProgram(LOW, HIGH));
    signal(run, 0);
    expect(told(run).at(-1)).toBe("updated usage-anomaly.high high");
    const next = startFold(probeProgram(LOW), run.state);
    signal(next, 2 * MINUTE);
    next.tick(START + HOUR);
    expect(told(next)).toEqual(["updated usage-anomaly.low low"]);
    expect(next.outputs.findings[0]!.finding).toBe(run.outputs.findings[0]!.finding);
  });

  it("tells nothing more of an episode whose every rule left; the next one names it as related", () => {
    const run = startFold(probeProgram(HIGH));
    signal(run, 0);
    const next = startFold(probeProgram(LOW), run.state);
    next.tick(START + 100 * HOUR);
    expect(told(next)).toEqual([]);
    signal(next, MINUTE);
    expect(told(next)).toEqual(["opened usage-anomaly.low low"]);
    expect(next.outputs.findings[0]!.body.related).toEqual([run.outputs.findings[0]!.finding]);
  });

  it("ends an episode by the quiet time of the new one", () => {
    const run = startFold(probeProgram({ ...LOW, episode: { quiet: 24 * HOUR } }));
    signal(run, 0);
    run.tick(START + HOUR);
    const next = startFold(probeProgram({ ...LOW, episode: { quiet: 2 * HOUR } }), run.state);
    next.tick(START + 3 * HOUR);
    expect(told(next)).toEqual(["closed usage-anomaly.low low"]);
  });
});

describe("the digest of a rule set", () => {
  const text = (limit: number, by = "identity.id"): string =>
    `entity: identity
select: { calls: {} }
correlate: { type: count, by: [${by}], window: 1h, condition: { gt: ${limit} } }`;
  const programOf = (rule: string): Program =>
    createProgram([correlationRule(rule)], DEFAULT_IMPACT);

  it("changes with what a rule does, not with layout, comments or its tests", () => {
    const one = programOf(text(3));
    const [compiled] = one.rules;
    const { digest } = createProgram(
      [{ ...compiled!, rule: { ...compiled!.rule, tests: [] } }],
      DEFAULT_IMPACT,
    );
    expect(programOf(`# a comment\n${text(3).replaceAll(": [", ":   [")}`).digest).toBe(digest);
    expect(programOf(text(4)).digest).not.toBe(digest);
  });

  it("comes with shapes that change where a correlation counts by something else", () => {
    expect(programOf(text(4)).shapes).toEqual(programOf(text(3)).shapes);
    expect(programOf(text(3, "flow.agent")).shapes).not.toEqual(programOf(text(3)).shapes);
  });
});

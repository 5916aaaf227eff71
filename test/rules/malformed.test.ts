import { describe, expect, it } from "vitest";
import { describeProblem } from "#core/located.ts";
import { compileRules } from "#core/rules/compile.ts";
import { probe } from "#test/support/probe.ts";

const GOOD = `id: budget.small
version: 1
status: test
name: Small
family: budget
detector: probe
severity: low
confidence: 0.5
levels:
  - { when: { size: { gte: 5 } }, severity: high }
episode: { quiet: 6h }
title: "{subject.identity} by {facts.size}"
explanation: "{showback.excess}"
mappings: { atlas: [AML.T0034] }
false_positives: [None.]
triage: Look.
respond: Act.
tests:
  - name: one
    kind: true_positive
    expect: { alert: 1 }
    events: [{ at: +0s }]
  - name: two
    kind: benign_lookalike
    expect: { alert: 0 }
    events: [{ at: +0s }]
  - name: three
    kind: just_below
    expect: { alert: 0 }
    events: [{ at: +0s }]
`;
const FILE = "rules/budget/small.yml";

/** Problems of a rule that differs from a good one by the given replacements. */
function problemsOf(...changes: [from: string, to: string][]): string[] {
  const text = changes.reduce((yaml, [from, to]) => {
    if (!yaml.includes(from)) throw new Error(`${from} is not in the rule`);
    return yaml.replace(from, to);
  }, GOOD);
  return compileRules([{ file: FILE, text }], [probe]).problems.map(describeProblem);
}

describe("a rule file", () => {
  it("compiles where it is right", () => {
    const { rules, problems } = compileRules([{ file: FILE, text: GOOD }], [probe]);
    expect(problems).toEqual([]);
    expect(rules).toMatchObject([
      { rule: { id: "budget.small", episode: { quiet: 6 * 3_600_000 } }, params: {} },
    ]);
  });

  it.each<[string, [string, string], string]>([
    [
      "an unknown key",
      ["severity: low", "severity: low\nlevelss: []"],
      '8:1: levelss: unknown key, did you mean "levels"?',
    ],
    ["no YAML", ["version: 1", "version: [1"], "3:1: "],
    ["a wrong type", ["version: 1", "version: one"], "2:1: version: must be a number, not text"],
    ["an unknown family", ["family: budget", "family: budgets"], "5:1: family: must be one of"],
    [
      "another name than its file",
      ["id: budget.small", "id: budget.large"],
      "1:1: id: the file must be budget/large.yml",
    ],
    [
      "an unknown detector",
      ["detector: probe", "detector: prob"],
      '6:1: detector: unknown detector "prob", did you mean "probe"?',
    ],
    [
      "an unknown parameter",
      ["severity: low", "params: { speed: 3 }\nseverity: low"],
      "7:11: params.speed: unknown parameter",
    ],
    [
      "an unknown fact in a level",
      ["when: { size:", "when: { sice:"],
      '10:15: levels.0.when.sice: unknown fact "sice", did you mean "size"?',
    ],
    [
      "an unknown parameter of another environment",
      ["severity: low", "environments: { exploratory: { params: { a: 1 } } }\nseverity: low"],
      "7:42: environments.exploratory.params.a: unknown parameter",
    ],
    [
      "an unknown environment",
      ["severity: low", "environments: { staging: {} }\nseverity: low"],
      "7:17: environments.staging: unknown key",
    ],
    [
      "a level that never rises",
      ["{ when: { size: { gte: 5 } }, severity: high }", "{ severity: high }"],
      "10:5: levels.0: a level takes `when`, `impact` or both",
    ],
    [
      "an unknown fact in its title",
      ["{facts.size}", "{facts.sise}"],
      '12:1: title: unknown place "facts.sise", did you mean "facts.size"?',
    ],
    [
      "an unknown place in its explanation",
      ["{showback.excess}", "{showback.exces}"],
      '13:1: explanation: unknown place "showback.exces"',
    ],
    [
      "a duration of no kind",
      ["6h", "6 hours"],
      "11:12: episode.quiet: must be a duration like 30s, 15m, 6h or 2d",
    ],
    ["an id of no framework", ["AML.T0034", "T34"], "14:21: mappings.atlas.0: "],
    [
      "a missing kind of test",
      ["kind: just_below", "kind: cold_start"],
      "18:1: tests: a test of kind just_below is missing",
    ],
    [
      "an unknown field in a test",
      ["events: [{ at: +0s }]", "events: [{ at: +0s, flow.sesion: x }]"],
      '22:25: tests.0.events.0.flow.sesion: unknown event field "flow.sesion", did you mean "flow.session"?',
    ],
    [
      "an unknown field in a test's defaults",
      ["kind: true_positive", "kind: true_positive\n    defaults: { cost: 1 }"],
      '21:17: tests.0.defaults.cost: unknown event field "cost"',
    ],
    [
      "an offset without a sign",
      ["at: +0s", "at: 0s"],
      "22:16: tests.0.events.0.at: must be an offset like +90s",
    ],
  ])("is refused for %s, with its place", (_, change, expected) => {
    const problems = problemsOf(change);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`${FILE}:${expected}`);
  });

  it("is told everything that is wrong with its shape at once, in order", () => {
    const problems = problemsOf(
      ["version: 1", "version: 0"],
      ["confidence: 0.5", "confidence: 2"],
      ["triage: Look.", "triages: Look."],
    );
    expect(problems.map((problem) => problem.split(": ").slice(0, 2).join(" "))).toEqual([
      `${FILE}:1:1 triage`,
      `${FILE}:2:1 version`,
      `${FILE}:8:1 confidence`,
      `${FILE}:16:1 triages`,
    ]);
  });

  it("is refused in a family's folder with another family's id", () => {
    expect(problemsOf(["id: budget.small", "id: health.small"])).toEqual([
      `${FILE}:1:1: id: must begin with the family, \`budget.\``,
      `${FILE}:1:1: id: the file must be health/small.yml`,
    ]);
  });

  it("is told everything that is wrong with its meaning at once", () => {
    const problems = problemsOf(
      ["id: budget.small", "id: health.other"],
      ["{facts.size}", "{facts.sise}"],
      ["kind: just_below", "kind: cold_start"],
      ["severity: low", "params: { a: 1, b: 2 }\nseverity: low"],
    );
    expect(problems).toHaveLength(6);
  });

  it("is refused where its id is taken, and the others are told of too", () => {
    const other = "more/budget/small.yml";
    const bad = GOOD.replace("version: 1", "version: 0").replaceAll("budget.small", "budget.bad");
    const sources = [
      { file: FILE, text: GOOD },
      { file: other, text: GOOD },
      { file: "rules/budget/bad.yml", text: bad },
    ];
    expect(compileRules(sources, [probe]).problems.map(describeProblem)).toEqual([
      `${other}:1:1: id: the id is taken by ${FILE}`,
      expect.stringContaining("rules/budget/bad.yml:2:1: version: must be at least 1"),
    ]);
  });
});

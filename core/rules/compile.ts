import type { z } from "zod";
import type { Detector } from "../detector.ts";
import { placesOf } from "../finding/template.ts";
import { type FileProblem, type Locate, parseLocated } from "../located.ts";
import { didYouMean } from "../nearest.ts";
import type { CompiledRule } from "../pipeline/program.ts";
import { compileCorrelation } from "./correlation/compile.ts";
import { EVENT_FIELDS, isEventField } from "./fields.ts";
import { RuleFile } from "./rule.ts";

export interface RuleSource {
  /** As a person would name it, with `<family>/<name>.yml` at its end. */
  file: string;
  text: string;
}

/** Values a title or explanation may use besides the detector's facts. */
const COMMON_PLACES = new Set([
  ...["identity", "type", "credential", "owner", "agent", "flow", "entity"].map(
    (n) => `subject.${n}`,
  ),
  ...["team", "service", "cost_center", "environment"].map((n) => `showback.${n}`),
  ...["observed", "expected", "excess", "projected_daily", "at_detection"].map(
    (n) => `showback.${n}`,
  ),
  "detected_after.events",
  "evidence.events",
]);

/** Every kind a rule must show itself on. */
const MANDATORY_TESTS = ["true_positive", "benign_lookalike", "just_below"] as const;

/**
 * Compiles a rule set: schema, then meaning (detector and its parameters, names in templates, levels
 * and tests, unique ids). Everything wrong in any file is reported; a set with a problem is not used at all.
 */
export function compileRules(
  sources: readonly RuleSource[],
  detectors: readonly Detector[],
): { rules: CompiledRule[]; problems: FileProblem[] } {
  const rules: CompiledRule[] = [];
  const problems: FileProblem[] = [];
  const files = new Map<string, string>();
  for (const { file, text } of sources) {
    const parsed = parseLocated(file, text, RuleFile);
    problems.push(...parsed.problems);
    if (parsed.value === null) continue;
    const rule = parsed.value;
    const other = files.get(rule.id);
    if (other) problems.push(parsed.at(["id"], `the id is taken by ${other}`));
    files.set(rule.id, file);
    problems.push(...checkNames(file, rule, parsed.at));
    const { detector, problems: unresolved } = detectorOf(rule, detectors, parsed.at);
    problems.push(...unresolved);
    if (!detector) continue;
    problems.push(...checkAgainst(detector, rule, parsed.at));
    const params = paramsOf(detector, rule.params, ["params"], parsed.at);
    const variants = variantsOf(detector, rule, parsed.at);
    problems.push(...params.problems, ...variants.problems);
    rules.push({ rule, detector, params: params.value, ...variants.value });
  }
  return { rules: rules.toSorted((a, b) => (a.rule.id < b.rule.id ? -1 : 1)), problems };
}

/** The detector a rule names, or the one its correlation compiles to. */
function detectorOf(
  rule: RuleFile,
  detectors: readonly Detector[],
  at: Locate,
): { detector: Detector | null; problems: FileProblem[] } {
  const named = rule.detector;
  const isCorrelation = rule.correlate !== undefined || rule.select !== undefined;
  if ((named !== undefined) === isCorrelation) {
    const path = isCorrelation ? ["detector"] : [];
    const problem = at(path, "a rule takes `detector` or `select` and `correlate`, one of the two");
    return { detector: null, problems: [problem] };
  }
  if (named === undefined) {
    if (rule.correlate) return compileCorrelation(rule, at);
    return { detector: null, problems: [at(["select"], "`select` needs `correlate`")] };
  }
  if (rule.entity !== undefined) {
    const problem = at(["entity"], "a detector says itself whom it is about");
    return { detector: null, problems: [problem] };
  }
  const detector = detectors.find(({ id }) => id === named) ?? null;
  if (detector) return { detector, problems: [] };
  const ids = detectors.map(({ id }) => id);
  return { detector, problems: [at(["detector"], unknownName("detector", named, ids))] };
}

function checkNames(file: string, rule: RuleFile, at: Locate): FileProblem[] {
  const problems: FileProblem[] = [];
  const [family, name] = rule.id.split(".");
  if (family !== rule.family)
    problems.push(at(["id"], `must begin with the family, \`${rule.family}.\``));
  if (!file.replaceAll("\\", "/").endsWith(`${family}/${name}.yml`)) {
    problems.push(at(["id"], `the file must be ${family}/${name}.yml`));
  }
  const kinds =
    rule.correlate?.type === "ordered" ? [...MANDATORY_TESTS, "wrong_order"] : MANDATORY_TESTS;
  for (const kind of kinds) {
    if (!rule.tests.some((test) => test.kind === kind)) {
      problems.push(at(["tests"], `a test of kind ${kind} is missing`));
    }
  }
  const events = rule.tests.flatMap((test, i) => [
    { path: ["tests", i, "defaults"], fields: test.defaults },
    ...test.events.map(({ at: _at, repeat: _repeat, ...fields }, j) => ({
      path: ["tests", i, "events", j],
      fields,
    })),
  ]);
  for (const { path, fields } of events) {
    for (const field of Object.keys(fields)) {
      if (isEventField(field)) continue;
      problems.push(at([...path, field], unknownName("event field", field, EVENT_FIELDS)));
    }
  }
  return problems;
}

function checkAgainst(detector: Detector, rule: RuleFile, at: Locate): FileProblem[] {
  const facts = Object.keys(detector.facts);
  const problems: FileProblem[] = [];
  for (const template of ["title", "explanation"] as const) {
    for (const place of placesOf(rule[template])) {
      const [area, name = ""] = place.split(".");
      const known = area === "facts" ? facts.includes(name) : COMMON_PLACES.has(place);
      if (known) continue;
      const names = [...COMMON_PLACES, ...facts.map((fact) => `facts.${fact}`)];
      problems.push(at([template], unknownName("place", place, names)));
    }
  }
  const { non_production, exploratory } = rule.environments ?? {};
  const levels = [
    { path: ["levels"], of: rule.levels },
    { path: ["environments", "non_production", "levels"], of: non_production?.levels ?? [] },
    { path: ["environments", "exploratory", "levels"], of: exploratory?.levels ?? [] },
  ];
  for (const { path, of } of levels) {
    of.forEach((level, i) => {
      for (const fact of Object.keys(level.when ?? {})) {
        if (facts.includes(fact)) continue;
        problems.push(at([...path, i, "when", fact], unknownName("fact", fact, facts)));
      }
    });
  }
  return problems;
}

/** The rule as it judges outside production: its own keys under those of the environment. */
function variantsOf(
  detector: Detector,
  rule: RuleFile,
  at: Locate,
): { value: Pick<CompiledRule, "variants">; problems: FileProblem[] } {
  const variants: NonNullable<CompiledRule["variants"]> = {};
  const problems: FileProblem[] = [];
  for (const kind of ["non_production", "exploratory"] as const) {
    const changes = rule.environments?.[kind];
    if (!changes) continue;
    const merged = { ...rule.params, ...changes.params };
    const params = paramsOf(detector, merged, ["environments", kind, "params"], at);
    problems.push(...params.problems);
    const { severity = rule.severity, levels = rule.levels } = changes;
    variants[kind] = { rule: { ...rule, severity, levels }, params: params.value };
  }
  return { value: rule.environments ? { variants } : {}, problems };
}

function paramsOf(
  detector: Detector,
  given: unknown,
  path: readonly PropertyKey[],
  at: Locate,
): { value: unknown; problems: FileProblem[] } {
  const params = detector.params.safeParse(given);
  if (params.success) return { value: params.data, problems: [] };
  const problems = params.error.issues.flatMap((issue) => paramProblems(issue, path, at));
  return { value: null, problems };
}

function paramProblems(
  issue: z.core.$ZodIssue,
  to: readonly PropertyKey[],
  at: Locate,
): FileProblem[] {
  const path = [...to, ...issue.path];
  if (issue.code !== "unrecognized_keys") return [at(path, issue.message)];
  return issue.keys.map((key) => at([...path, key], "unknown parameter"));
}

function unknownName(what: string, name: string, known: readonly string[]): string {
  return `unknown ${what} "${name}"${didYouMean(name, known)}`;
}

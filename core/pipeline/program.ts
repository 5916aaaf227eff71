import { createHash } from "node:crypto";
import type { Detector } from "../detector.ts";
import type { Environment } from "../event.ts";
import type { Family } from "../finding/finding.ts";
import type { RuleFile } from "../rules/rule.ts";
import type { Impact } from "../severity.ts";
import { createRuleIndex, type RuleIndex } from "./rule-index.ts";

/** A rule with the detector it names and that detector's checked parameters. */
export interface CompiledRule {
  rule: RuleFile;
  detector: Detector;
  params: unknown;
  /** How it judges outside production, where the rule says so. */
  variants?: Partial<Record<EnvironmentClass, Pick<CompiledRule, "rule" | "params">>>;
}

/** Environments that rules may judge differently. */
export type EnvironmentClass = "non_production" | "exploratory";

/** The class of an environment; null for production, and where none is named. */
export function environmentClass(environment: Environment | undefined): EnvironmentClass | null {
  if (environment === undefined || environment === "production") return null;
  return environment === "pilot" ? "exploratory" : "non_production";
}

/**
 * How much is known of a call that is shown: all of it, its usage only while another record will say
 * where it came from, or that other part; every rule is shown every call once. Records of shadow feeds
 * and audit events are shown to the rules that ask for them.
 */
export type Sight = "whole" | "call" | "joined" | "shadow" | "audit";

/** What the fold runs: the rule set in effect and the site's idea of what matters. */
export interface Program {
  rules: readonly CompiledRule[];
  /** The rules that are shown an event, by how much is known of it. */
  shown: Readonly<Record<Sight, RuleIndex>>;
  byId: ReadonlyMap<string, RuleFile>;
  /** Families whose open episodes cover this one, from the rules' `covers`. */
  coveredBy: ReadonlyMap<Family, readonly Family[]>;
  impact: Impact;
  /** Names the rule set by what it does: comments, layout and the rules' own tests do not count. */
  digest: string;
  /** What the states of each rule mean: where that changes, those made before are of no use. */
  shapes: ReadonlyMap<string, string>;
}

export function createProgram(rules: readonly CompiledRule[], impact: Impact): Program {
  const coveredBy = new Map<Family, Family[]>();
  for (const { rule } of rules) {
    for (const covered of rule.covers ?? []) {
      coveredBy.set(covered, [...(coveredBy.get(covered) ?? []), rule.family]);
    }
  }
  const byId = new Map(rules.map(({ rule }) => [rule.id, rule]));
  const calls = rules.filter(({ detector }) => !detector.shadows);
  const shown = {
    whole: createRuleIndex(calls),
    call: createRuleIndex(calls.filter(({ detector }) => !detector.joined)),
    joined: createRuleIndex(calls.filter(({ detector }) => detector.joined)),
    shadow: createRuleIndex(rules.filter(({ detector }) => detector.shadows)),
    audit: createRuleIndex(calls.filter(({ detector }) => detector.audits)),
  };
  const shapes = new Map(rules.map((compiled) => [compiled.rule.id, shapeOf(compiled)]));
  return { rules, shown, byId, coveredBy, impact, digest: digestOf(rules, shapes), shapes };
}

/** Limits and windows of a rule may change under its states; whom they are kept by and what they count may not. */
function shapeOf({ rule: { correlate }, detector }: CompiledRule): string {
  const { by = [], field = "", steps } = correlate ?? {};
  const states = [detector.id, detector.version, ...by, field];
  return (steps ? [...states, JSON.stringify(steps)] : states).join(" ");
}

function digestOf(rules: readonly CompiledRule[], shapes: ReadonlyMap<string, string>): string {
  const effective = rules.map(({ rule }) => [{ ...rule, tests: [] }, shapes.get(rule.id)]);
  return createHash("sha256").update(JSON.stringify(effective)).digest("hex").slice(0, 16);
}

import type { FactValue } from "../detector.ts";
import { baselineSource } from "../finding/body.ts";
import { confidenceFactors } from "../finding/confidence.ts";
import type { Finding } from "../finding/finding.ts";
import { type CompiledRule, environmentClass } from "../pipeline/program.ts";
import { qualityMeaning } from "../quality.ts";
import type { RuleTest } from "../rules/rule.ts";
import type { Impact } from "../severity.ts";
import { MONEY_MEANINGS, type MoneyMeaning } from "./money-meaning.ts";
import { type SeverityReasons, severityReasons } from "./severity.ts";

/** Why a finding is what it is, in numbers and words. What needs the rule is null where it left the set. */
export interface Explanation {
  rule: {
    id: string;
    /** Of the rule as it is in the set now; the finding names the one it was made by. */
    version: number;
    name: string;
    looks_for: string;
    false_positives: readonly string[];
  } | null;
  decision: { reason: string; meaning: string | null };
  facts: readonly ExplainedFact[];
  severity: SeverityReasons | null;
  confidence: {
    value: number;
    rule: number | null;
    factors: Record<"lineage" | "attribution" | "baseline", number>;
    lineage: Finding["lineage"];
    baseline: string | null;
  };
  attribution: { quality: number; codes: readonly { code: string; meaning: string | null }[] };
  money: MoneyMeaning;
  /** Phases of a theft that show, in their order. */
  chain: readonly string[];
  /** Rules that agree and since when; in the order in which they began. */
  joined: readonly { rule: string; since: string }[];
  /** The rule's own tests that stay silent: it would not have fired on these. */
  near_misses: readonly { kind: RuleTest["kind"]; name: string }[];
}

export interface ExplainedFact {
  name: string;
  value: FactValue;
  meaning: string | null;
}

/** Facts that are told elsewhere in an explanation. */
const TOLD_APART = new Set(["reason", "chain", "signals"]);

/** Kinds of tests, those first that are nearest to firing. */
const NEAREST: readonly RuleTest["kind"][] = [
  "just_below",
  "benign_lookalike",
  "cold_start",
  "contaminated_history",
  "true_positive",
];

/** Explains a finding by the rule it names, as the set has it now, and the site's idea of what matters. */
export function explain(
  finding: Finding,
  compiled: CompiledRule | null,
  impact: Impact,
): Explanation {
  const { facts, showback, lineage } = finding;
  const { chain, signals } = facts;
  const reason = typeof facts["reason"] === "string" ? facts["reason"] : "";
  const attribution = showback.attribution_quality;
  const baseline = baselineSource(facts["baseline"]);
  const names = compiled?.detector;
  return {
    rule: compiled && summaryOf(compiled),
    decision: { reason, meaning: names?.reasons[reason] ?? null },
    facts: Object.entries(facts)
      .filter(([name, value]) => !TOLD_APART.has(name) && value !== null)
      .map(([name, value]) => ({ name, value, meaning: names?.facts[name] ?? null })),
    severity: compiled && severityReasons(finding, judgedBy(compiled, finding), impact),
    confidence: {
      value: finding.confidence,
      rule: compiled?.rule.confidence ?? null,
      factors: confidenceFactors({ lineage, attribution, baseline }),
      lineage,
      baseline,
    },
    attribution: {
      quality: attribution,
      codes: showback.quality.map((code) => ({ code, meaning: qualityMeaning(code) })),
    },
    money: MONEY_MEANINGS[finding.family],
    chain: typeof chain === "string" ? chain.split(" > ") : [],
    joined: joinedBy(signals),
    near_misses: (compiled?.rule.tests ?? [])
      .filter(({ expect }) => expect.alert === 0)
      .toSorted((a, b) => NEAREST.indexOf(a.kind) - NEAREST.indexOf(b.kind))
      .map(({ kind, name }) => ({ kind, name })),
  };
}

function summaryOf({ rule, detector }: CompiledRule): Explanation["rule"] {
  const { id, version, name, false_positives } = rule;
  return { id, version, name, looks_for: detector.summary, false_positives };
}

/** The rule as it judges the environment of the finding. */
function judgedBy({ rule, variants }: CompiledRule, { showback }: Finding): CompiledRule["rule"] {
  const kind = environmentClass(showback.environment ?? undefined);
  return (kind && variants?.[kind]?.rule) ?? rule;
}

function joinedBy(signals: FactValue | undefined): Explanation["joined"] {
  if (typeof signals !== "object" || signals === null) return [];
  return Object.entries(signals).map(([rule, since]) => ({ rule, since: String(since) }));
}

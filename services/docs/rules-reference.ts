import type { Detector } from "#core/detector.ts";
import type { CompiledRule } from "#core/pipeline/program.ts";
import type { When } from "#core/rules/rule.ts";
import { markdownTable } from "./markdown-table.ts";
import { PUBLIC_RULES } from "./public-rules.ts";

/** Renders `docs/reference/rules.md`: every shipped rule, and the detectors they name. */
export function renderRulesReference(
  rules: readonly CompiledRule[],
  detectors: readonly Detector[],
): string {
  return [
    "# Rules and detectors",
    "",
    "Made from the rule files and the detectors; do not edit. `meterhound rules test` runs the rules' own tests.",
    "",
    "## Rules",
    "",
    ...rules.flatMap(ruleSection),
    "## Detectors",
    "",
    ...detectors.map(({ id, summary }) => `- [${id}](detectors/${id}.md): ${summary}`),
    "",
    "## Public rules",
    "",
    "What rules that others publish detect, and what answers to it here.",
    "",
    markdownTable(
      ["pack", "detects", "here"],
      PUBLIC_RULES.map((row) => [...row]),
    ),
    "",
  ].join("\n");
}

function ruleSection({ rule }: CompiledRule): string[] {
  const mappings = Object.entries(rule.mappings)
    .filter(([, ids]) => ids.length > 0)
    .map(([framework, ids]) => `${framework}: ${ids.join(", ")}`);
  return [
    `### ${rule.id}`,
    "",
    `${rule.name}. Version ${rule.version}, ${rule.status}. ${lookOf(rule)}, ${rule.tests.length} tests.`,
    "",
    `**Severity** ${rule.severity === "impact" ? "by the money, see `impact` in the configuration" : rule.severity}${levelsOf(rule)}. Confidence ${rule.confidence}.${elsewhere(rule)}`,
    "",
    `**False positives** ${rule.false_positives.join(" ")}`,
    "",
    `**Triage** ${rule.triage.trim()}`,
    "",
    `**Respond** ${rule.respond.trim()}`,
    "",
    `**Frameworks** ${mappings.join("; ")}`,
    "",
  ];
}

type CorrelationStep = NonNullable<NonNullable<CompiledRule["rule"]["correlate"]>["steps"]>[number];

/** The detector a rule names, or its correlation in words. */
function lookOf({ detector, correlate, entity }: CompiledRule["rule"]): string {
  if (!correlate) return `Detector \`${detector}\``;
  const { type, field, by, steps } = correlate;
  const of = steps
    ? ` of ${steps.map(stepOf).join(", then ")}`
    : field === undefined
      ? ""
      : ` of \`${field}\``;
  const each = by.length === 0 ? "tenant" : by.map((name) => `\`${name}\``).join(", ");
  return `Correlation \`${type}\`${of} by ${each}, about the ${entity}`;
}

function stepOf({ on, count, distinct }: CorrelationStep): string {
  if (count === 1) return `\`${on}\``;
  return `${count} \`${on}\`${distinct === undefined ? "" : ` of different \`${distinct}\``}`;
}

function levelsOf({ levels }: Pick<CompiledRule["rule"], "levels">): string {
  return levels
    .map(({ when = {}, impact, severity }) => {
      const conditions = Object.entries(when).map(([fact, wanted]) => conditionOf(fact, wanted));
      if (impact) conditions.push(`the excess is ${impact}`);
      return `, ${severity} where ${conditions.join(" and ")}`;
    })
    .join("");
}

/** What it judges differently outside production. */
function elsewhere({ environments = {} }: CompiledRule["rule"]): string {
  return Object.entries(environments)
    .map(([kind, changes]) => {
      const { severity, levels = [], params } = changes ?? {};
      const told = [
        severity ?? "",
        levelsOf({ levels }).slice(2),
        params ? `parameters ${JSON.stringify(params)}` : "",
      ];
      return ` In ${kind.replace("_", "-")} environments: ${told.filter(Boolean).join(", ")}.`;
    })
    .join("");
}

const SIGNS: Readonly<Record<string, string>> = { gte: "≥", gt: ">", lte: "≤", lt: "<" };

function conditionOf(fact: string, wanted: When[string]): string {
  if (typeof wanted !== "object") return `${fact} is ${wanted}`;
  return Object.entries(wanted)
    .map(([operator, value]) => `${fact} ${SIGNS[operator]} ${value}`)
    .join(" and ");
}

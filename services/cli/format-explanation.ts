import type { FactValue } from "#core/detector.ts";
import type { Explanation } from "#core/explain/explanation.ts";
import type { Finding } from "#core/finding/finding.ts";
import { usd } from "./format-finding.ts";
import { standingOf } from "./format-history.ts";
import { wrap, wrapColumns } from "./wrap.ts";

/** Why a finding is what it is, on a page for a terminal. */
export function formatExplanation(
  finding: Finding,
  explanation: Explanation,
  related: readonly Finding[],
): string {
  const { id, title, severity, family, confidence, first_seen, last_seen, opened_at } = finding;
  return [
    title,
    `${severity.toUpperCase()} ${family}, confidence ${confidence}, ${standingOf(finding)}, id ${id}`,
    `seen ${first_seen} to ${last_seen}, opened ${opened_at}`,
    "",
    ...wrap(finding.explanation),
    ...section("What the rule looks for", ruleLines(finding, explanation)),
    ...section("What decided", decisionLines(explanation)),
    ...section("Severity", severityLines(finding, explanation)),
    ...section("Confidence", [confidenceLine(finding, explanation)]),
    ...section("Attribution", attributionLines(explanation)),
    ...section("Money", moneyLines(finding, explanation)),
    ...section("Kill chain", explanation.chain.length > 0 ? [explanation.chain.join(" > ")] : []),
    ...section(
      "Rules that agree",
      wrapColumns(explanation.joined.map(({ rule, since }) => [since, rule])),
    ),
    ...section("Related findings", relatedLines(finding, related)),
    ...section("It would not have fired on", nearMissLines(explanation)),
    ...section("What it is wrong about", [...(explanation.rule?.false_positives ?? [])]),
    ...section(
      "What to do",
      finding.runbook.split("\n").flatMap((paragraph) => wrap(paragraph)),
    ),
  ].join("\n");
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", title, ...lines.map((line) => `  ${line}`)];
}

function ruleLines({ rule: id, rule_version }: Finding, { rule }: Explanation): string[] {
  if (!rule) return [`${id} v${rule_version}, which is not in the rule set any more`];
  const since = rule.version === rule_version ? "" : `; the set has v${rule.version} now`;
  return [`${rule.name} (${id} v${rule_version}${since})`, rule.looks_for];
}

function decisionLines({ decision, facts }: Explanation): string[] {
  const { reason, meaning } = decision;
  return [
    meaning === null ? reason : `${reason}: ${meaning}`,
    ...wrapColumns(facts.map(({ name, value, meaning: says }) => [name, shown(value), says ?? ""])),
  ];
}

function severityLines({ severity: told }: Finding, { severity }: Explanation): string[] {
  if (!severity) return [told];
  const { base, levels, cap, now } = severity;
  const by = base.by === "impact" ? "by the money alone" : "the rule's own";
  const cells = levels.map(({ condition, severity: level, holds }) => [
    holds ? "✓" : "✗",
    level,
    condition,
  ]);
  return [
    ...wrapColumns([["✓", base.severity, by], ...cells]),
    ...(cap === null ? [] : [`at most ${cap}: the baseline is not the entity's own`]),
    `so it is ${now}${now === told ? "" : `; it is told as ${told}, since a finding never gets milder`}`,
  ];
}

function confidenceLine({ lineage }: Finding, { confidence, attribution }: Explanation): string {
  const { value, rule, factors, baseline } = confidence;
  const parts = [
    `rule ${rule ?? "unknown"}`,
    `${number(factors.lineage)} for lineage by ${lineage}`,
    `${number(factors.attribution)} for attribution quality ${attribution.quality}`,
    `${number(factors.baseline)} for ${baseline === null ? "no baseline needed" : `baseline ${baseline}`}`,
  ];
  return `${value} = ${parts.join(" × ")}`;
}

function attributionLines({ attribution }: Explanation): string[] {
  const { quality, codes } = attribution;
  return [
    `quality ${quality}${codes.length === 0 ? ", every field stated by the calls themselves" : ""}`,
    ...wrapColumns(codes.map(({ code, meaning }) => [code, meaning ?? ""])),
  ];
}

function moneyLines({ showback, detected_after }: Finding, { money }: Explanation): string[] {
  const { observed, expected, excess, projected_daily, at_detection, basis } = showback;
  return [
    ...wrapColumns([
      ["observed", usd(observed), money.observed],
      ["expected", usd(expected), money.expected],
      ["excess", usd(excess), `observed - expected; ${usd(projected_daily)} a day if it goes on`],
      ["at detection", usd(at_detection), `after ${detected_after.events} calls`],
    ]),
    `${basis}, ${showback.unpriced_events} calls without a price; team ${showback.team ?? "unknown"}, cost centre ${showback.cost_center ?? "unknown"}`,
  ];
}

/** By title where it can be read, else by id. */
function relatedLines({ related: ids }: Finding, related: readonly Finding[]): string[] {
  return wrapColumns(
    ids.map((id) => {
      const one = related.find((finding) => finding.id === id);
      return [id, one?.severity ?? "", one?.status ?? "", one?.title ?? "not to be read here"];
    }),
  );
}

function nearMissLines({ near_misses }: Explanation): string[] {
  return wrapColumns(near_misses.map(({ kind, name }) => [kind.replaceAll("_", " "), name]));
}

function shown(value: FactValue): string {
  if (value === null || typeof value === "string") return value || "-";
  if (typeof value === "number") return number(value);
  if (typeof value === "boolean") return value ? "yes" : "no";
  const parts = Object.entries(value).map(([name, inner]) => `${name} ${shown(inner)}`);
  return parts.join(", ");
}

/** Four digits are enough to read; whole numbers are kept whole. */
function number(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}

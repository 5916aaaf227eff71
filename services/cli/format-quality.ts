import type { QualityReport } from "#core/showback/quality/report.ts";
import { alignColumns } from "./align-columns.ts";
import { usd } from "./format-finding.ts";

/** Of each kind; the JSON form has more. */
const MOST_ROWS = 20;

/** Attribution quality and readiness for a terminal. */
export function formatQuality(quality: QualityReport): string {
  return [
    "Attribution quality (AQ): how far the attribution can be trusted, weighted by cost",
    "",
    standings(quality),
    "",
    events(quality),
    "",
    ...section("What hides the most money", offenders(quality)),
    ...section("Tags against the directory", conflicts(quality)),
    "Ready to be charged",
    "",
    readiness(quality),
  ].join("\n");
}

function standings({ total, tenants, teams, identities }: QualityReport): string {
  const rows = [
    { kind: "all", name: "", ...total },
    ...tenants.slice(0, MOST_ROWS).map((row) => ({ kind: "tenant", name: row.tenant, ...row })),
    ...teams.slice(0, MOST_ROWS).map((row) => ({ kind: "team", name: row.team, ...row })),
    ...identities
      .slice(0, MOST_ROWS)
      .map((row) => ({ kind: "identity", name: row.identity, ...row })),
  ];
  const header = ["", "name", "AQ", "cost", "in doubt", "owner", "team", "cost centre", "service"];
  const cells = rows.map(({ kind, name, score, cost, doubtful, named }) => [
    kind,
    name,
    score === null ? "-" : score.toFixed(2),
    usd(cost),
    usd(doubtful),
    ...[named.owner, named.team, named.cost_center, named.service].map(percent),
  ]);
  return alignColumns([header, ...cells], new Set([2, 3, 4, 5, 6, 7, 8]));
}

function events(quality: QualityReport): string {
  const rows = quality.events.map(({ from, to, events: number, cost }) => [
    `${from.toFixed(1)}-${to.toFixed(1)}`,
    number.toLocaleString("en"),
    usd(cost),
  ]);
  return alignColumns([["confidence", "events", "cost"], ...rows], new Set([1, 2]));
}

function offenders(quality: QualityReport): string[][] {
  return quality.offenders.map(({ gap, tenant, subject, events: number, cost, hint }) => [
    usd(cost),
    `${number.toLocaleString("en")} events`,
    gap,
    tenant,
    subject,
    hint,
  ]);
}

function conflicts(quality: QualityReport): string[][] {
  return quality.conflicts
    .slice(0, MOST_ROWS)
    .map((conflict) => [
      usd(conflict.cost),
      `${conflict.events.toLocaleString("en")} events`,
      conflict.tenant,
      conflict.identity ?? "",
      conflict.field,
      `declared ${conflict.declared ?? "(not kept)"}`,
      `directory ${conflict.directory ?? "(silent now)"}`,
    ]);
}

function section(title: string, rows: readonly string[][]): string[] {
  return rows.length === 0 ? [] : [title, "", alignColumns(rows, new Set([0, 1])), ""];
}

function readiness(quality: QualityReport): string {
  return quality.readiness
    .flatMap(({ level, result, reasons, not_measured }) => [
      `${level.padEnd(6)}${result.replace("_", " ")}`,
      ...reasons.map((reason) => `      ${reason}`),
      ...(not_measured.length > 0 ? [`      not measured: ${not_measured.join("; ")}`] : []),
    ])
    .join("\n");
}

function percent(share: number): string {
  return `${Math.floor(share * 100)} %`;
}

import type { Finding } from "#core/finding/finding.ts";
import { displayUsd, parseUsd } from "#core/money.ts";

const MARKS = { info: "·", low: "▪", medium: "▲", high: "◆", critical: "✖" } as const;

/** One finding as it opens, or as it stands later: when, how bad, who, and the money. */
export function formatFinding(finding: Finding, at = finding.opened_at): string {
  const { severity, family, title, subject, showback } = finding;
  const when = at.slice(0, 16).replace("T", " ");
  const whose = [
    `owner ${subject.owner ?? "unknown"}`,
    `team ${showback.team ?? "unknown"}`,
    `cost centre ${showback.cost_center ?? "unknown"}`,
  ].join(", ");
  return [
    `${MARKS[severity]} ${severity.toUpperCase().padEnd(8)} ${when}  ${family}  ${title}`,
    `             ${whose}; so far ${usd(showback.observed)}, expected ${usd(showback.expected)}`,
  ].join("\n");
}

/** Findings as a table, the worst first. */
export function formatTable(findings: readonly Finding[]): string {
  const header = [
    "severity",
    "family",
    "identity",
    "owner",
    "team",
    "cost centre",
    "excess",
    "a day",
    "id",
  ];
  const rows = findings.map(({ severity, family, subject, showback, id }) => [
    severity,
    family,
    subject.identity ?? "unattributed",
    subject.owner ?? "unknown",
    showback.team ?? "unknown",
    showback.cost_center ?? "unknown",
    usd(showback.excess),
    usd(showback.projected_daily),
    id,
  ]);
  return alignColumns([header, ...rows], new Set([6, 7]));
}

export function usd(amount: string | null): string {
  return displayUsd(amount === null ? null : parseUsd(amount));
}

/** Rows in columns two spaces apart; the given columns are aligned to the right. */
export function alignColumns(
  rows: readonly (readonly string[])[],
  rightAligned: ReadonlySet<number>,
): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, i) =>
          rightAligned.has(i) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!),
        )
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

import type { FindingDiff, FindingDifference } from "#core/finding/diff.ts";
import type { Finding } from "#core/finding/finding.ts";
import { alignColumns } from "./align-columns.ts";
import { usd } from "./format-finding.ts";

const MARKS = {
  only_here: "+ only here",
  only_on_record: "- only on record",
  changed: "~ changed",
} as const;

const HEADER = ["", "opened", "rule", "identity", "severity", "excess", "differs in", "id"];

/** What a replay and the record differ in, as a table; of what changed the record comes first. */
export function formatDiff({ differences, same }: FindingDiff): string {
  const count = (kind: FindingDifference["kind"]): number =>
    differences.filter((difference) => difference.kind === kind).length;
  const counts = [
    `${count("only_here")} only here`,
    `${count("only_on_record")} only on record`,
    `${count("changed")} changed`,
    `${same} the same`,
  ].join(", ");
  if (differences.length === 0) return counts;
  return `${alignColumns([HEADER, ...differences.map(rowOf)], new Set())}\n\n${counts}`;
}

function rowOf({ kind, here, record, changed }: FindingDifference): string[] {
  const finding = (here ?? record)!;
  const cell = (of: (finding: Finding) => string): string => {
    const [before, now] = [record ?? finding, here ?? finding].map(of);
    return before === now ? now! : `${before} → ${now}`;
  };
  return [
    MARKS[kind],
    cell(({ opened_at }) => opened_at.slice(0, 19).replace("T", " ")),
    cell(({ rule }) => rule),
    finding.subject.identity ?? "unattributed",
    cell(({ severity }) => severity),
    cell(({ showback }) => usd(showback.excess)),
    changed.join(", "),
    finding.id,
  ];
}

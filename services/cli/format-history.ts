import type { Finding } from "#core/finding/finding.ts";
import type { TriageChange } from "#core/finding/finding-log.ts";
import type { FindingDetail, HistoryEntry } from "#core/finding/history.ts";

/** What people made of a finding so far, in one line. */
export function standingOf({ status, verdict, assignee, contained_at }: Finding): string {
  return [
    `status ${status}`,
    ...(verdict ? [`verdict ${verdict}`] : []),
    ...(assignee ? [`assignee ${assignee}`] : []),
    ...(contained_at ? [`contained ${contained_at}`] : []),
  ].join(", ");
}

/** What happened to a finding and what people wrote, one step a line, in the order of the log. */
export function formatHistory({ history }: FindingDetail): string {
  return history.map(stepOf).join("\n");
}

function stepOf({ at, kind, by, severity, change }: HistoryEntry): string {
  if (change === null) return `  ${at}  ${kind} at ${severity ?? "no severity"}`;
  const { note, ...rest } = change;
  const changes = Object.entries(rest as TriageChange).map(([name, value]) =>
    value === true ? name : `${name} ${String(value)}`,
  );
  const said = note === undefined ? "" : `\n      ${note.replaceAll("\n", "\n      ")}`;
  return `  ${at}  ${by ?? "detection"}: ${changes.join(", ") || "note"}${said}`;
}

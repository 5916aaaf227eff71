import type { Severity } from "../severity.ts";
import type { Finding } from "./finding.ts";
import type { FindingEntry, FindingRecord, TriageChange } from "./finding-log.ts";

/** What a person wrote to a finding. */
export interface Note {
  id: string;
  at: string;
  by: string;
  text: string;
}

/** One step in the life of a finding. */
export interface HistoryEntry {
  id: string;
  kind: FindingEntry["kind"];
  /** Event time of what detection says, wall clock of people's word. */
  at: string;
  /** Null: detection. */
  by: string | null;
  /** As detection put it then; null on people's word. */
  severity: Severity | null;
  /** What a person changed. */
  change: TriageChange | null;
}

/** One finding with what people wrote and what happened to it. */
export interface FindingDetail extends Finding {
  notes: readonly Note[];
  /** In the order of the log; of updates those that changed the severity. */
  history: readonly HistoryEntry[];
}

export function detailOf({ finding, history }: FindingRecord): FindingDetail {
  return { ...finding, notes: notesOf(history), history };
}

/** The step an entry of the log stands for; null for an update that leaves the severity as it was. */
export function historyOf(entry: FindingEntry, before: Severity | null): HistoryEntry | null {
  const { id, kind, at } = entry;
  switch (entry.kind) {
    case "triaged":
      return { id, kind, at, by: entry.by, severity: null, change: entry.change };
    case "noted":
      return { id, kind, at, by: entry.by, severity: null, change: { note: entry.note } };
    case "opened":
    case "updated":
    case "closed": {
      const { severity } = entry.body;
      if (entry.kind === "updated" && severity === before) return null;
      return { id, kind, at, by: null, severity, change: null };
    }
  }
}

function notesOf(history: readonly HistoryEntry[]): Note[] {
  return history.flatMap(({ id, at, by, change }) =>
    by !== null && change?.note !== undefined ? [{ id, at, by, text: change.note }] : [],
  );
}

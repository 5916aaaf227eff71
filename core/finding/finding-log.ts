import type { Finding, FindingBody, FindingStatus, Verdict } from "./finding.ts";
import { type HistoryEntry, historyOf } from "./history.ts";

/** What detection writes: created once under a deterministic id, so that a replay can only repeat it. */
export interface MachineEntry {
  kind: "opened" | "updated" | "closed";
  /** `<finding>.m.<n>`; n counts in the fold. */
  id: string;
  finding: string;
  tenant: string;
  /** Event time. */
  at: string;
  body: FindingBody;
}

/** What a person said about a finding. */
export interface TriagedEntry {
  kind: "triaged";
  /** `<finding>.h.<n>`; n counts the human entries of the finding. */
  id: string;
  finding: string;
  tenant: string;
  /** Wall clock. */
  at: string;
  by: string;
  change: TriageChange;
}

/** What a person wrote to a finding: it changes nothing that another person may be changing. */
export interface NotedEntry extends Omit<TriagedEntry, "kind" | "change"> {
  kind: "noted";
  note: string;
}

export interface TriageChange {
  status?: FindingStatus;
  verdict?: Verdict;
  assignee?: string;
  note?: string;
  /** Set by the API where the change first says so. */
  contained?: boolean;
}

/** A person's entry. */
export type HumanEntry = TriagedEntry | NotedEntry;

export type FindingEntry = MachineEntry | HumanEntry;

/** A finding with its history and what concurrency needs: how many human entries it has and the revision after the newest change by a person. */
export interface FindingRecord {
  finding: Finding;
  history: readonly HistoryEntry[];
  humanEntries: number;
  lastHumanRevision: number;
}

/**
 * Folds one log entry into a finding. Machine entries bring the whole body, people's entries change
 * only what is theirs, so the order in which the two kinds interleave does not matter. An entry that
 * was seen before changes nothing.
 */
export function evolve(
  record: FindingRecord | undefined,
  entry: FindingEntry,
): FindingRecord | undefined {
  const step = historyOf(entry, record?.finding.severity ?? null);
  const history = [...(record?.history ?? []), ...(step ? [step] : [])];
  if (!isHuman(entry)) return evolveMachine(record, entry, history);
  if (!record) return undefined;
  const { finding } = record;
  const revision = finding.revision + 1;
  return {
    finding: { ...finding, ...touch(finding, entry), revision },
    history,
    humanEntries: record.humanEntries + 1,
    lastHumanRevision: entry.kind === "noted" ? record.lastHumanRevision : revision,
  };
}

export function isHuman(entry: FindingEntry): entry is HumanEntry {
  return entry.kind === "triaged" || entry.kind === "noted";
}

function evolveMachine(
  record: FindingRecord | undefined,
  { body }: MachineEntry,
  history: readonly HistoryEntry[],
): FindingRecord {
  if (record) {
    const finding = { ...record.finding, ...body, revision: record.finding.revision + 1 };
    return { ...record, finding, history };
  }
  const finding: Finding = {
    ...body,
    status: "new",
    verdict: null,
    assignee: null,
    acknowledged_at: null,
    contained_at: null,
    revision: 1,
  };
  return { finding, history, humanEntries: 0, lastHumanRevision: 0 };
}

/** Whoever says anything has seen the finding. */
function touch(finding: Finding, entry: HumanEntry): Partial<Finding> {
  const acknowledged_at = finding.acknowledged_at ?? entry.at;
  return entry.kind === "noted"
    ? { acknowledged_at }
    : { acknowledged_at, ...triage(finding, entry) };
}

function triage(finding: Finding, { change, at }: TriagedEntry): Partial<Finding> {
  return {
    ...(change.status && { status: change.status }),
    ...(change.verdict && { verdict: change.verdict }),
    ...(change.assignee !== undefined && { assignee: change.assignee }),
    contained_at: finding.contained_at ?? (change.contained ? at : null),
  };
}

/** Why a change cannot be made, as a sentence. */
export type TriageRefusal = { refused: "conflict" | "invalid"; reason: string };

/**
 * Decides a person's change against the finding as it stands: the entry to append, or why not.
 * `seen` is the revision the person looked at; newer machine entries do not conflict, newer human
 * ones do. Resolving takes a verdict.
 */
export function decideTriage(
  record: FindingRecord,
  seen: number,
  change: TriageChange,
  by: string,
  at: string,
): TriagedEntry | TriageRefusal {
  const { finding, lastHumanRevision } = record;
  if (seen < lastHumanRevision || seen > finding.revision) {
    return { refused: "conflict", reason: `the finding is at revision ${finding.revision}` };
  }
  if (change.status === "resolved" && !(change.verdict ?? finding.verdict)) {
    return { refused: "invalid", reason: "resolving a finding takes a verdict" };
  }
  return { kind: "triaged", ...nextEntry(record), at, by, change };
}

/** A note as the next entry of the finding as it stands. */
export function decideNote(
  record: FindingRecord,
  note: string,
  by: string,
  at: string,
): NotedEntry {
  return { kind: "noted", ...nextEntry(record), at, by, note };
}

function nextEntry({ finding, humanEntries }: FindingRecord) {
  const id = `${finding.id}.h.${humanEntries + 1}`;
  return { id, finding: finding.id, tenant: finding.tenant };
}

import { signal } from "@preact/signals";
import type { TriageChange } from "#core/finding/finding-log.ts";
import { type Finding, type FindingDetail, readFinding, triageFinding } from "../api/findings.ts";
import { ApiError } from "../api/request.ts";
import { count } from "../format/words.ts";
import { announce } from "./announce.ts";
import { me } from "./me.ts";
import { showChanged } from "./queue-store.ts";

export type TriagePart = "verdict" | "status";

/** The findings somebody is judging, and what about them. */
export const triaging = signal<{ findings: readonly Finding[]; part: TriagePart } | null>(null);

/** Asks for a verdict or a status of these findings; of none, nothing happens. */
export function judge(findings: readonly Finding[], part: TriagePart): void {
  if (findings.length > 0) triaging.value = { findings, part };
}

/** The newest change of a finding by this tab, for the page that shows it. */
export const changed = signal<FindingDetail | null>(null);

/** Somebody was faster: the finding as it is now, who it was, and what they changed. */
export interface Conflict {
  kind: "conflict";
  finding: FindingDetail;
  by: string;
  change: TriageChange;
}
export type Outcome = { kind: "done"; finding: FindingDetail } | Conflict;

const CONFLICT = 412;

/** Changes a finding as it was seen. Throws ApiError. */
async function applyChange(finding: Finding, change: TriageChange): Promise<Outcome> {
  try {
    const after = await triageFinding(finding.id, finding.revision, change);
    showChanged(after);
    changed.value = after;
    return { kind: "done", finding: after };
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== CONFLICT) throw error;
    const now = await readFinding(finding.id);
    showChanged(now);
    changed.value = now;
    const last = now.history.findLast(({ kind }) => kind === "triaged");
    return {
      kind: "conflict",
      finding: now,
      by: last?.by ?? "Somebody",
      change: last?.change ?? {},
    };
  }
}

/** `i`: mine. `a`: mine, and I am on it. */
export async function assignToMe(
  findings: readonly Finding[],
  acknowledge: boolean,
): Promise<void> {
  const name = me.value?.name;
  if (name === undefined || findings.length === 0) return;
  const { conflicts, error } = await applyChanges(findings, ({ status }) => ({
    assignee: name,
    ...(acknowledge && status === "new" && { status: "in_progress" as const }),
  }));
  const faster = conflicts.map(({ by, finding }) => `${by} was faster on: ${finding.title}.`);
  if (error || conflicts.length > 0) announce([...faster, error?.message].join(" "));
  else announce(`Assigned to you: ${nameOf(findings)}`);
}

/** What of several changes was not made, and why. */
export interface Unmade {
  conflicts: readonly Conflict[];
  /** What stopped it; the findings from there on were not tried. */
  error: Error | null;
  untried: readonly Finding[];
}

/** Changes findings one after the other, each as it was seen; an empty change is none. Stops at an error that is no conflict. */
export async function applyChanges(
  findings: readonly Finding[],
  changeOf: (finding: Finding) => TriageChange,
): Promise<Unmade> {
  const conflicts: Conflict[] = [];
  for (const [i, finding] of findings.entries()) {
    const change = changeOf(finding);
    if (Object.keys(change).length === 0) continue;
    try {
      const outcome = await applyChange(finding, change);
      if (outcome.kind === "conflict") conflicts.push(outcome);
    } catch (error) {
      return { conflicts, error: error as Error, untried: findings.slice(i) };
    }
  }
  return { conflicts, error: null, untried: [] };
}

/** The title of one finding, the number of several. */
export function nameOf(findings: readonly Finding[]): string {
  return findings.length === 1 ? findings[0]!.title : count(findings.length, "finding");
}

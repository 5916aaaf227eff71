import { signal } from "@preact/signals";
import type { TriageChange } from "#core/finding/finding-log.ts";
import { type Finding, type FindingDetail, readFinding, triageFinding } from "../api/findings.ts";
import { ApiError } from "../api/request.ts";
import { announce } from "./announce.ts";
import { me } from "./me.ts";
import { showChanged } from "./queue-store.ts";

/** The finding somebody is judging, and what about it. */
export const triaging = signal<{ finding: Finding; part: "verdict" | "status" } | null>(null);

/** The newest change of a finding by this tab, for the page that shows it. */
export const changed = signal<FindingDetail | null>(null);

export type Outcome =
  | { kind: "done"; finding: FindingDetail }
  /** Somebody was faster: the finding as it is now, who it was, and what they changed. */
  | { kind: "conflict"; finding: FindingDetail; by: string; change: TriageChange };

const CONFLICT = 412;

/** Changes a finding as it was seen. Throws ApiError. */
export async function applyChange(finding: Finding, change: TriageChange): Promise<Outcome> {
  try {
    const after = await triageFinding(finding.id, finding.revision, change);
    showChanged(after);
    changed.value = after;
    announce(`Saved: ${after.title}`);
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

/** `i`: mine. `a`: mine, and I am on it. What went wrong is told where it can be read. */
export async function assignToMe(finding: Finding, acknowledge: boolean): Promise<void> {
  const name = me.value?.name;
  if (name === undefined) return;
  const begins = acknowledge && finding.status === "new";
  try {
    const outcome = await applyChange(finding, {
      assignee: name,
      ...(begins && { status: "in_progress" as const }),
    });
    if (outcome.kind === "conflict") announce(`${outcome.by} was faster; nothing was changed.`);
  } catch (error) {
    announce(error instanceof Error ? error.message : String(error));
  }
}

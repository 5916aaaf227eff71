import type { TriageChange } from "#core/finding/finding-log.ts";
import { STATUS_WORDS, VERDICT_WORDS } from "../format/words.ts";
import type { Conflict } from "../state/triage.ts";

/** Who was faster, on what, and what they did. */
export function TriageConflicts({ conflicts }: { conflicts: readonly Conflict[] }) {
  const areSeveral = conflicts.length > 1;
  return (
    <div class="failure" role="alert">
      {conflicts.map(({ finding, by, change }) => (
        <div key={finding.id}>
          <p class="strong">
            {by} was faster{areSeveral && ` on: ${finding.title}`}
          </p>
          <p>{wordsOf(change)}</p>
        </div>
      ))}
      <p>Nothing of yours was saved yet {areSeveral ? "on these" : "on it"}.</p>
    </div>
  );
}

function wordsOf({ status, verdict, assignee, note }: TriageChange): string {
  const parts = [
    status && `status ${STATUS_WORDS[status]}`,
    verdict && `verdict ${VERDICT_WORDS[verdict]}`,
    assignee !== undefined && `assigned to ${assignee || "nobody"}`,
    note !== undefined && "a note",
  ].filter(Boolean);
  return parts.length > 0 ? `Theirs: ${parts.join(", ")}.` : "";
}

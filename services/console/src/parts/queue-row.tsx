import { isBurning } from "#core/finding/burning.ts";
import type { Finding } from "../api/findings.ts";
import { age, shortTime } from "../format/time.ts";
import { FAMILY_WORDS, STATUS_WORDS, VERDICT_WORDS } from "../format/words.ts";
import { setCursor } from "../state/queue-store.ts";
import { findingPath } from "../state/route.ts";
import { isSelected, toggleSelected } from "../state/selection.ts";
import { Amount } from "./amount.tsx";
import { Moment } from "./moment.tsx";
import { SeverityLabel } from "./severity.tsx";

export const QUEUE_COLUMNS = ["Severity", "Finding", "Owner", "Excess", "Detected, UTC", "Status"];

/** The cells of one finding in the queue. */
export function QueueRow({ finding }: { finding: Finding }) {
  const { id, severity, title, family, subject, showback, status, verdict, assignee } = finding;
  const now = Date.now();
  const isSettled = status !== "new" && status !== "in_progress";
  return (
    <>
      <span role="cell" class="pick">
        <input
          type="checkbox"
          aria-label={`Select: ${title}`}
          checked={isSelected(id)}
          onChange={() => toggleSelected(id)}
        />
      </span>
      <span role="cell">
        <SeverityLabel severity={severity} />
      </span>
      <span role="cell" class={isSettled ? "what settled" : "what"}>
        <a href={findingPath(id)} data-finding={id} title={title} onFocus={() => setCursor(id)}>
          {title}
        </a>
        <small>
          <span class="tag">{FAMILY_WORDS[family]}</span> {subject.identity ?? "nobody named"}
        </small>
      </span>
      <span role="cell" class="two">
        {showback.team ?? <span class="missing">no team</span>}
        <small title={subject.owner ?? ""}>
          {subject.owner?.replace(/@.*/, "") ?? <span class="missing">no owner</span>}
        </small>
      </span>
      <span role="cell" class="number two">
        <span class="strong">
          <Amount amount={showback.excess} />
        </span>
        {isBurning(finding, now) && (
          <small>
            <Amount amount={showback.projected_daily} /> a day
          </small>
        )}
      </span>
      <span role="cell" class="two">
        <Moment at={finding.opened_at} text={shortTime(finding.opened_at)} />
        <small>{standing(finding, now)}</small>
      </span>
      <span role="cell" class="two">
        {STATUS_WORDS[status]}
        <small>{verdict ? VERDICT_WORDS[verdict] : (assignee ?? "unassigned")}</small>
      </span>
    </>
  );
}

function standing(finding: Finding, now: number): string {
  const last = Date.parse(finding.last_seen);
  if (finding.closed_at !== null) return `lasted ${age(last - Date.parse(finding.first_seen))}`;
  return isBurning(finding, now) ? "going on" : `quiet for ${age(now - last)}`;
}

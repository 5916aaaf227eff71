import type { FindingDetail } from "../api/findings.ts";
import { FAMILY_WORDS, STATUS_WORDS, VERDICT_WORDS } from "../format/words.ts";
import { me } from "../state/me.ts";
import { openNeighbour, placeInQueue } from "../state/neighbours.ts";
import { queue } from "../state/queue-store.ts";
import { assignToMe, judge } from "../state/triage.ts";
import { SeverityLabel } from "./severity.tsx";

/** What it is, how it stands, and what a person can do with it. */
export function FindingHeader({ finding }: { finding: FindingDetail }) {
  const { severity, family, rule, rule_version, title, status, verdict, assignee } = finding;
  const mayTriage = me.value?.may_triage === true;
  const refusal = mayTriage ? {} : { disabled: true, title: "Takes the role of an analyst" };
  return (
    <header class="finding-head">
      <div class="finding-name">
        <p class="crumbs">
          <a href="/">Queue</a>
          <span aria-hidden="true">/</span>
          <SeverityLabel severity={severity} />
          <span class="tag">{FAMILY_WORDS[family]}</span>
          <span class="muted mono">
            {rule} v{rule_version}
          </span>
          <Neighbours />
        </p>
        <h1>{title}</h1>
      </div>
      <dl class="standing">
        <div>
          <dt>Status</dt>
          <dd>{STATUS_WORDS[status]}</dd>
        </div>
        <div>
          <dt>Verdict</dt>
          <dd>{verdict ? VERDICT_WORDS[verdict] : "None yet"}</dd>
        </div>
        <div>
          <dt>Assigned to</dt>
          <dd>{assignee || "Nobody"}</dd>
        </div>
        <div>
          <dt>Confidence</dt>
          <dd>{Math.round(finding.confidence * 100)} %</dd>
        </div>
      </dl>
      <div class="finding-actions">
        <button type="button" {...refusal} onClick={() => void assignToMe([finding], true)}>
          Take it <kbd aria-hidden="true">a</kbd>
        </button>
        <button type="button" {...refusal} onClick={() => judge([finding], "status")}>
          Set status <kbd aria-hidden="true">s</kbd>
        </button>
        <button
          type="button"
          class="primary"
          {...refusal}
          onClick={() => judge([finding], "verdict")}
        >
          Set verdict <kbd aria-hidden="true">d</kbd>
        </button>
      </div>
    </header>
  );
}

/** To the next finding of the queue without going back to it. */
function Neighbours() {
  const place = placeInQueue();
  if (place < 0) return null;
  const { rows, next } = queue.value;
  return (
    <span class="neighbours">
      <button
        type="button"
        class="plain"
        aria-label="Previous finding"
        disabled={place === 0}
        onClick={() => openNeighbour(-1)}
      >
        <kbd aria-hidden="true">[</kbd>
      </button>
      <span class="muted">
        {place + 1} of {rows.length}
        {next !== null && "+"}
      </span>
      <button
        type="button"
        class="plain"
        aria-label="Next finding"
        disabled={place === rows.length - 1}
        onClick={() => openNeighbour(1)}
      >
        <kbd aria-hidden="true">]</kbd>
      </button>
    </span>
  );
}

import type { TimelineReport } from "../api/timeline-shape.ts";
import { shortTime } from "../format/time.ts";
import { findingPath } from "../state/route.ts";
import type { Span } from "../state/timeline-view.ts";
import { Amount } from "./amount.tsx";
import { Moment } from "./moment.tsx";
import { SeverityIcon } from "./severity.tsx";

interface TimelineFindingsProps {
  report: TimelineReport;
  onMark(window: Span): void;
}

/** The findings whose time lies in the range; the time of each can be marked. */
export function TimelineFindings({ report, onMark }: TimelineFindingsProps) {
  const { annotations, annotations_left_out: leftOut } = report;
  return (
    <section class="panel" aria-labelledby="marks-title">
      <h2 id="marks-title">Findings in this range</h2>
      {annotations.length === 0 && <p class="muted">None.</p>}
      <ul class="marked">
        {annotations.map((annotation) => (
          <li key={annotation.finding}>
            <SeverityIcon severity={annotation.severity} />
            <span class="two">
              <a href={findingPath(annotation.finding)}>{annotation.title}</a>
              <small class="muted">
                detected{" "}
                <Moment at={annotation.opened_at} text={`${shortTime(annotation.opened_at)} UTC`} />
              </small>
            </span>
            <Amount amount={annotation.excess} />
            <button
              type="button"
              aria-label={`Mark the time of: ${annotation.title}`}
              onClick={() =>
                onMark({
                  from: Date.parse(annotation.first_seen),
                  to: Date.parse(annotation.last_seen) + 1,
                })
              }
            >
              Mark
            </button>
          </li>
        ))}
      </ul>
      {leftOut > 0 && <p class="muted">{leftOut} more are not shown.</p>}
    </section>
  );
}

import type { Plot } from "../chart/plot.ts";
import type { TimelineReport } from "../api/timeline-shape.ts";
import { shortTime } from "../format/time.ts";
import { lanesOf } from "../chart/lanes.ts";
import { findingPath } from "../state/route.ts";
import { SeverityIcon } from "./severity.tsx";

const MARK_PX = 20;

/** Findings where they were detected, each a way to it. */
export function FindingMarks({ plot, report }: { plot: Plot; report: TimelineReport }) {
  const { left, width } = plot.area();
  const marks = report.annotations
    .map((annotation) => ({ annotation, x: plot.left(Date.parse(annotation.opened_at)) }))
    .filter(({ x }) => x >= left && x <= left + width);
  const lanes = lanesOf(
    marks.map(({ x }) => x),
    MARK_PX,
  );
  return (
    <div class="marks">
      {marks.map(({ annotation, x }, i) => (
        <a
          key={annotation.finding}
          class="mark-link"
          href={findingPath(annotation.finding)}
          style={{ left: `${x}px`, top: `${14 + lanes[i]! * MARK_PX}px` }}
          title={`${annotation.title}\n${shortTime(annotation.opened_at)} UTC`}
          aria-label={`${annotation.severity} finding: ${annotation.title}, ${shortTime(annotation.opened_at)} UTC`}
        >
          <SeverityIcon severity={annotation.severity} />
        </a>
      ))}
    </div>
  );
}

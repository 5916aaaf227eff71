import type { Finding } from "../finding/finding.ts";
import { type EventTime, formatTime } from "../time.ts";
import type { Annotation } from "./report.ts";

/** As many as anybody looks at. */
const MOST = 200;

/** A finding as a mark on a time axis. */
export function annotationOf(finding: Finding): Annotation {
  const { id, tenant, family, severity, status, title, subject, showback } = finding;
  const { first_seen, opened_at, last_seen, closed_at, contained_at } = finding;
  return {
    finding: id,
    tenant,
    family,
    severity,
    status,
    title,
    identity: subject.identity,
    first_seen,
    opened_at,
    last_seen,
    closed_at,
    contained_at,
    excess: showback.excess,
  };
}

/** The first of the findings that belong, as marks, and how many more there are. */
export function annotationsOf(
  findings: Iterable<Finding>,
  belongs: (finding: Finding) => boolean,
): { annotations: Annotation[]; leftOut: number } {
  const annotations: Annotation[] = [];
  let leftOut = 0;
  for (const finding of findings) {
    if (!belongs(finding)) continue;
    if (annotations.length < MOST) annotations.push(annotationOf(finding));
    else leftOut += 1;
  }
  return { annotations, leftOut };
}

/** True where a finding's first or last event, or anything between, lies in a range. */
export function overlaps(
  { first_seen, last_seen }: Finding,
  from: EventTime,
  to: EventTime,
): boolean {
  return first_seen < formatTime(to) && last_seen >= formatTime(from);
}

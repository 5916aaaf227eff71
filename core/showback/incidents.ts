import type { UsageEvent } from "../event.ts";
import type { Finding, Verdict } from "../finding/finding.ts";
import { type EventTime, parseTime } from "../time.ts";

/** Usage that nobody authorised, as a finding tells it: all calls of its credential, else its identity, in its time. */
export interface Incident {
  finding: string;
  tenant: string;
  credential: string | null;
  identity: string | null;
  from: EventTime;
  /** Inclusive: the moment of its last call. */
  until: EventTime;
}

/** What a person says of a finding that takes nobody's usage away from them. */
const DISMISSED: readonly (Verdict | null)[] = [
  "benign_expected",
  "fp_logic",
  "fp_data",
  "duplicate",
];

/** The incidents among findings: stolen credentials that nobody has called a false alarm. */
export function incidentsOf(findings: readonly Finding[]): Incident[] {
  return findings
    .filter(({ family, verdict }) => family === "llmjacking" && !DISMISSED.includes(verdict))
    .map(({ id, tenant, subject, first_seen, last_seen }) => ({
      finding: id,
      tenant,
      credential: subject.credential,
      identity: subject.credential === null ? subject.identity : null,
      from: parseTime(first_seen) ?? Infinity,
      until: parseTime(last_seen) ?? -Infinity,
    }));
}

/** Answers the incident that a call is part of; of several the one named first. */
export function createIncidentFinder(
  incidents: readonly Incident[],
): (event: UsageEvent, at: EventTime) => Incident | null {
  return ({ tenant, identity }, at) =>
    incidents.find(
      (incident) =>
        incident.tenant === tenant &&
        at >= incident.from &&
        at <= incident.until &&
        (incident.credential === null
          ? incident.identity !== null && incident.identity === identity?.id
          : incident.credential === identity?.credential),
    ) ?? null;
}

import type { Family, Finding } from "./finding.ts";

/** One difference between the findings of a replay and those on record. */
export interface FindingDifference {
  kind: "only_here" | "only_on_record" | "changed";
  here: Finding | null;
  record: Finding | null;
  /** What differs where both have it. */
  changed: readonly ChangedField[];
}

export type ChangedField = "rule" | "severity" | "opened" | "excess";

export interface FindingDiff {
  differences: FindingDifference[];
  /** How many both have alike. */
  same: number;
}

const FIELDS: Readonly<Record<ChangedField, (finding: Finding) => string | null>> = {
  rule: ({ rule }) => rule,
  severity: ({ severity }) => severity,
  opened: ({ opened_at }) => opened_at,
  excess: ({ showback }) => showback.excess,
};

/**
 * Compares the findings of a replay with those on record, in the order of opening. Ids are
 * deterministic, so that equal ones are the same finding. One that opened earlier or later has another
 * id: it is the same where rule and subject agree and the two overlap in time.
 */
export function diffFindings(here: readonly Finding[], record: readonly Finding[]): FindingDiff {
  const unmatched = new Map(record.map((finding) => [finding.id, finding]));
  const pairs = new Map<Finding, Finding>();
  const pair = (one: Finding, other: Finding | undefined): void => {
    if (!other) return;
    pairs.set(one, other);
    unmatched.delete(other.id);
  };
  for (const finding of here) pair(finding, unmatched.get(finding.id));
  for (const finding of here) {
    if (pairs.has(finding)) continue;
    pair(
      finding,
      [...unmatched.values()].find((other) => isSameEpisode(finding, other)),
    );
  }
  const differences: FindingDifference[] = [...unmatched.values()].map((finding) => ({
    kind: "only_on_record",
    here: null,
    record: finding,
    changed: [],
  }));
  let same = 0;
  for (const finding of here) {
    const other = pairs.get(finding) ?? null;
    const changed = other === null ? [] : changesOf(finding, other);
    if (other !== null && changed.length === 0) same += 1;
    else {
      const kind = other === null ? "only_here" : "changed";
      differences.push({ kind, here: finding, record: other, changed });
    }
  }
  return { differences: differences.toSorted(byOpening), same };
}

function changesOf(here: Finding, record: Finding): ChangedField[] {
  const names = Object.keys(FIELDS) as ChangedField[];
  return names.filter((name) => FIELDS[name](here) !== FIELDS[name](record));
}

/** Families whose findings are about one flow each. */
const OF_FLOWS: readonly Family[] = ["prompt-loop", "runaway-agent", "fan-out-spike"];

function isSameEpisode(a: Finding, b: Finding): boolean {
  return (
    a.tenant === b.tenant &&
    a.rule === b.rule &&
    a.subject.identity === b.subject.identity &&
    a.subject.credential === b.subject.credential &&
    (a.subject.flow === b.subject.flow || !OF_FLOWS.includes(a.family)) &&
    // Of a first-seen rule: what was new.
    a.facts["value"] === b.facts["value"] &&
    a.first_seen <= b.last_seen &&
    b.first_seen <= a.last_seen
  );
}

function byOpening(a: FindingDifference, b: FindingDifference): number {
  const [one, other] = [a, b].map(({ here, record }) => (here ?? record)!);
  const [x, y] = [one!, other!].map(({ opened_at, id }) => `${opened_at} ${id}`);
  return x! < y! ? -1 : x! > y! ? 1 : 0;
}

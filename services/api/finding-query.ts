import { z } from "zod";
import { FAMILIES, type Finding, FINDING_STATUSES } from "#core/finding/finding.ts";
import { formatUsd, parseUsd } from "#core/money.ts";
import { FINDING_SORTS, type Place, placeOf } from "#core/projection/finding-order.ts";
import { SEVERITIES, type Severity } from "#core/severity.ts";
import { parseTime } from "#core/time.ts";
import type { Position } from "./cursor.ts";
import { listOf } from "./list-of.ts";

const Time = z.string().refine((text) => parseTime(text) !== null, "must be an RFC 3339 time");

/** By what findings are chosen. */
export const FindingFilter = z.strictObject({
  status: listOf(FINDING_STATUSES).optional(),
  severity: listOf(SEVERITIES).optional(),
  family: listOf(FAMILIES).optional(),
  tenant: z.string().optional(),
  identity: z.string().optional(),
  team: z.string().optional(),
  assignee: z.string().optional(),
  from: Time.optional().meta({ description: "Opened then or later." }),
  to: Time.optional().meta({ description: "Opened before." }),
  q: z.string().max(200).optional().meta({
    description: "Text in id, title, explanation, rule, identity, owner or credential.",
  }),
});
export type FindingFilter = z.infer<typeof FindingFilter>;

/** The query of `GET findings`. */
export const FindingQuery = FindingFilter.extend({
  sort: z.enum(FINDING_SORTS).default("newest").meta({
    description:
      "`newest`: by opening; `risk`: by severity, then excess. A finding that changes its risk between two pages may come twice or not at all.",
  }),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().optional(),
});

/** What a finding must have in each facet of the queue. */
export const FACETS = {
  status: (finding: Finding, { status }: FindingFilter) => isOneOf(status, finding.status),
  severity: (finding: Finding, { severity }: FindingFilter) => isOneOf(severity, finding.severity),
  family: (finding: Finding, { family }: FindingFilter) => isOneOf(family, finding.family),
  team: (finding: Finding, { team }: FindingFilter) => isEqual(team, finding.showback.team),
} as const;
export type Facet = keyof typeof FACETS;
export const FACET_NAMES = Object.keys(FACETS) as Facet[];

/** True where a finding passes every filter. */
export function matchesFilter(finding: Finding, filter: FindingFilter): boolean {
  return (
    FACET_NAMES.every((facet) => FACETS[facet](finding, filter)) && matchesRest(finding, filter)
  );
}

/** True where it passes the filters that are no facet. Times select by when it opened: `from` inclusive, `to` exclusive. */
export function matchesRest(finding: Finding, filter: FindingFilter): boolean {
  return (
    isEqual(filter.tenant, finding.tenant) &&
    isEqual(filter.identity, finding.subject.identity) &&
    isEqual(filter.assignee, finding.assignee) &&
    (filter.from === undefined || openedAt(finding) >= parseTime(filter.from)!) &&
    (filter.to === undefined || openedAt(finding) < parseTime(filter.to)!) &&
    (filter.q === undefined || textOf(finding).includes(filter.q.toLowerCase()))
  );
}

/** True while somebody has to look at it. */
export function isOpen({ status }: Finding): boolean {
  return status === "new" || status === "in_progress";
}

/** The first findings that belong, and where the next page begins: behind that finding. */
export function pageOf(
  findings: Iterable<Finding>,
  limit: number,
  belongs: (finding: Finding) => boolean,
): { items: Finding[]; next: Position | null } {
  const items: Finding[] = [];
  for (const finding of findings) {
    if (!belongs(finding)) continue;
    if (items.length === limit) return { items, next: toPosition(placeOf(items.at(-1)!)) };
    items.push(finding);
  }
  return { items, next: null };
}

function toPosition({ opened_at, severity, excess, id }: Place): Position {
  return [opened_at, severity, excess === null ? null : formatUsd(excess), id];
}

export function fromPosition([opened = "", severity, excess = null, id = ""]: Position): Place {
  return {
    opened_at: opened!,
    severity: severity as Severity,
    excess: excess === null ? null : parseUsd(excess),
    id: id!,
  };
}

function isOneOf<T>(wanted: readonly T[] | undefined, value: T): boolean {
  return wanted === undefined || wanted.includes(value);
}

function isEqual(wanted: string | undefined, value: string | null): boolean {
  return wanted === undefined || wanted === value;
}

function openedAt({ opened_at }: Finding): number {
  return Date.parse(opened_at);
}

function textOf({ id, title, explanation, subject, rule }: Finding): string {
  return [id, title, explanation, rule, subject.identity, subject.owner, subject.credential]
    .join(" ")
    .toLowerCase();
}

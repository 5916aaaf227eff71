import { z } from "zod";
import { FAMILIES, type Finding, FINDING_STATUSES } from "#core/finding/finding.ts";
import { byOpening } from "#core/projection/findings.ts";
import { SEVERITIES } from "#core/severity.ts";
import { parseTime } from "#core/time.ts";
import type { Position } from "./cursor.ts";

/** `a` or `a,b`: any of them. */
export const listOf = <T extends string>(values: readonly [T, ...T[]]): z.ZodType<T[]> =>
  z
    .string()
    .transform((text) => text.split(","))
    .pipe(z.array(z.enum(values)));

const Time = z.string().refine((text) => parseTime(text) !== null, "must be an RFC 3339 time");

/** The query of `GET findings`. */
export const FindingQuery = z.strictObject({
  status: listOf(FINDING_STATUSES).optional(),
  severity: listOf(SEVERITIES).optional(),
  family: listOf(FAMILIES).optional(),
  tenant: z.string().optional(),
  identity: z.string().optional(),
  team: z.string().optional(),
  from: Time.optional(),
  to: Time.optional(),
  q: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().optional(),
});
export type FindingQuery = z.infer<typeof FindingQuery>;

/** True where a finding passes every filter. Times select by when it opened: `from` inclusive, `to` exclusive. */
export function matchesQuery(finding: Finding, query: FindingQuery): boolean {
  const opened = Date.parse(finding.opened_at);
  return (
    isOneOf(query.status, finding.status) &&
    isOneOf(query.severity, finding.severity) &&
    isOneOf(query.family, finding.family) &&
    isEqual(query.tenant, finding.tenant) &&
    isEqual(query.identity, finding.subject.identity) &&
    isEqual(query.team, finding.showback.team) &&
    (query.from === undefined || opened >= parseTime(query.from)!) &&
    (query.to === undefined || opened < parseTime(query.to)!) &&
    (query.q === undefined || textOf(finding).includes(query.q.toLowerCase()))
  );
}

/** One page, the newest first, and where the next one begins. */
export function pageOf(
  findings: readonly Finding[],
  limit: number,
  after: Position | null,
): { items: Finding[]; next: Position | null } {
  const rest = findings
    .filter((finding) => after === null || byOpening(finding, after) < 0)
    .toSorted((a, b) => byOpening(b, a));
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  const more = rest.length > items.length && last !== undefined;
  return { items, next: more ? { opened_at: last.opened_at, id: last.id } : null };
}

function isOneOf<T>(wanted: readonly T[] | undefined, value: T): boolean {
  return wanted === undefined || wanted.includes(value);
}

function isEqual(wanted: string | undefined, value: string | null): boolean {
  return wanted === undefined || wanted === value;
}

function textOf({ id, title, explanation, subject, rule }: Finding): string {
  return [id, title, explanation, rule, subject.identity, subject.owner, subject.credential]
    .join(" ")
    .toLowerCase();
}

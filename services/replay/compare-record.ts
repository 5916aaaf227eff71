import { diffFindings, type FindingDiff } from "#core/finding/diff.ts";
import type { Finding } from "#core/finding/finding.ts";
import type { CompiledRule } from "#core/pipeline/program.ts";
import { parseTime } from "#core/time.ts";
import { type History, isOneOf } from "./replay-log.ts";

/**
 * Compares what a replay found with the findings on record of that history, as far as the rules judge
 * their family. One that was open already when the history begins may be found again, and is not missed.
 */
export function compareWithRecord(
  found: readonly Finding[],
  record: readonly Finding[],
  rules: readonly CompiledRule[],
  { from, to, tenants, identities }: History,
): FindingDiff {
  const families = new Set(rules.map(({ rule }) => rule.family));
  const isOpenedBefore = ({ opened_at }: Finding): boolean => parseTime(opened_at)! < from;
  const comparable = record.filter(
    (finding) =>
      families.has(finding.family) &&
      isOneOf(tenants, finding.tenant) &&
      isOneOf(identities, finding.subject.identity) &&
      parseTime(finding.opened_at)! < to &&
      parseTime(finding.last_seen)! >= from,
  );
  const { differences, same } = diffFindings(found, comparable);
  const missed = differences.filter(
    ({ kind, record: missing }) => kind !== "only_on_record" || !isOpenedBefore(missing!),
  );
  return { differences: missed, same };
}

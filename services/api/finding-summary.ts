import { isBurning } from "#core/finding/burning.ts";
import type { Finding } from "#core/finding/finding.ts";
import { formatUsd, parseUsd, type Pico } from "#core/money.ts";
import { NONE } from "#core/pipeline/rollup.ts";
import {
  FACET_NAMES,
  FACETS,
  type Facet,
  type FindingFilter,
  isOpen,
  matchesRest,
} from "./finding-query.ts";
import type { EventTime } from "#core/time.ts";
import type { FindingSummary } from "./finding-shape.ts";

const MOST_TEAMS = 50;

type Counts = Map<string, number>;
/** The largest amount by identity: several findings on one mostly tell of the same calls. */
type Largest = Map<string, Pico>;

/** How many findings each value of each facet has, under the filters of the other facets; and what is open. */
export function summaryOf(
  findings: Iterable<Finding>,
  filter: FindingFilter,
  isVisible: (finding: Finding) => boolean,
  now: EventTime,
): FindingSummary {
  const counts: Record<Facet, Counts> = {
    status: new Map(),
    severity: new Map(),
    family: new Map(),
    team: new Map(),
  };
  const severities: Counts = new Map();
  const excesses: Largest = new Map();
  const dailies: Largest = new Map();
  let [sum, unpriced] = [0n, 0];
  let total = 0;
  for (const finding of findings) {
    if (!isVisible(finding) || !matchesRest(finding, filter)) continue;
    const failed = FACET_NAMES.filter((facet) => !FACETS[facet](finding, filter));
    if (failed.length > 1) continue;
    for (const facet of failed.length === 0 ? FACET_NAMES : failed) {
      count(counts[facet], valueOf(finding, facet));
    }
    if (failed.length > 0) continue;
    total += 1;
    if (!isOpen(finding)) continue;
    const { excess, projected_daily: daily } = finding.showback;
    count(severities, finding.severity);
    sum += picoOf(excess);
    keepLargest(excesses, finding, picoOf(excess));
    if (isBurning(finding, now)) keepLargest(dailies, finding, picoOf(daily));
    if (excess === null) unpriced += 1;
  }
  const { status, severity, family, team } = counts;
  return {
    total,
    status: Object.fromEntries(status),
    severity: Object.fromEntries(severity),
    family: Object.fromEntries(family),
    team: Object.fromEntries([...team].toSorted(byCount).slice(0, MOST_TEAMS)),
    open: {
      severity: Object.fromEntries(severities),
      excess: formatUsd(sum),
      excess_at_least: formatUsd(sumOf(excesses)),
      projected_daily: formatUsd(sumOf(dailies)),
      unpriced,
    },
  };
}

function valueOf(finding: Finding, facet: Facet): string {
  return facet === "team" ? (finding.showback.team ?? NONE) : finding[facet];
}

function count(counts: Counts, value: string): void {
  counts.set(value, (counts.get(value) ?? 0) + 1);
}

function keepLargest(largest: Largest, { id, tenant, subject }: Finding, amount: Pico): void {
  const key = subject.identity === null ? id : `${tenant}\0${subject.identity}`;
  const before = largest.get(key);
  if (before === undefined || amount > before) largest.set(key, amount);
}

function sumOf(largest: Largest): Pico {
  return [...largest.values()].reduce((sum, amount) => sum + amount, 0n);
}

function byCount([a, m]: [string, number], [b, n]: [string, number]): number {
  return n - m || (a < b ? -1 : 1);
}

function picoOf(amount: string | null): Pico {
  return (amount === null ? null : parseUsd(amount)) ?? 0n;
}

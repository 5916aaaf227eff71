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
import type { FindingSummary } from "./finding-shape.ts";

const MOST_TEAMS = 50;

type Counts = Map<string, number>;

/** How many findings each value of each facet has, under the filters of the other facets; and what is open. */
export function summaryOf(
  findings: Iterable<Finding>,
  filter: FindingFilter,
  isVisible: (finding: Finding) => boolean,
): FindingSummary {
  const counts: Record<Facet, Counts> = {
    status: new Map(),
    severity: new Map(),
    family: new Map(),
    team: new Map(),
  };
  const open = { severity: new Map() as Counts, excess: 0n, daily: 0n, unpriced: 0 };
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
    count(open.severity, finding.severity);
    open.excess += picoOf(excess);
    if (finding.closed_at === null) open.daily += picoOf(daily);
    if (excess === null) open.unpriced += 1;
  }
  const { status, severity, family, team } = counts;
  return {
    total,
    status: Object.fromEntries(status),
    severity: Object.fromEntries(severity),
    family: Object.fromEntries(family),
    team: Object.fromEntries([...team].toSorted(byCount).slice(0, MOST_TEAMS)),
    open: {
      severity: Object.fromEntries(open.severity),
      excess: formatUsd(open.excess),
      projected_daily: formatUsd(open.daily),
      unpriced: open.unpriced,
    },
  };
}

function valueOf(finding: Finding, facet: Facet): string {
  return facet === "team" ? (finding.showback.team ?? NONE) : finding[facet];
}

function count(counts: Counts, value: string): void {
  counts.set(value, (counts.get(value) ?? 0) + 1);
}

function byCount([a, m]: [string, number], [b, n]: [string, number]): number {
  return n - m || (a < b ? -1 : 1);
}

function picoOf(amount: string | null): Pico {
  return (amount === null ? null : parseUsd(amount)) ?? 0n;
}

import { formatUsd, type Pico } from "../../money.ts";
import { sumOf } from "../allocate.ts";
import { NO_DRIVER } from "../dimension.ts";
import { costOf, linesOf, type Statement } from "../statement.ts";
import type { Conflict } from "./conflicts.ts";
import { GAPS } from "./gaps.ts";
import type { Affected, QualityLedger } from "./ledger.ts";
import { type Readiness, readinessOf } from "./readiness.ts";
import { doubtOf, type NamedField, scoreOf, type Standing, unpricedScoreOf } from "./standing.ts";

/** How well one subject's usage is attributed, as it leaves the program. */
export interface StandingReport {
  events: number;
  cost: string;
  /** AQ, 0..1; null where nothing is priced. */
  score: number | null;
  /** The same by the tokens of unpriced events. */
  unpriced_score: number | null;
  /** cost × (1 − score). */
  doubtful: string;
  /** Share of the events that name the field, 0..1. */
  named: Record<NamedField, number>;
}

interface AffectedReport {
  events: number;
  cost: string;
  unpriced_tokens: number;
}

/** Attribution quality and chargeback readiness of a period. */
export interface QualityReport {
  total: StandingReport;
  /** Events by how far the attribution of each can be trusted. */
  events: ({ from: number; to: number } & AffectedReport)[];
  tenants: ({ tenant: string } & StandingReport)[];
  teams: ({ tenant: string; team: string } & StandingReport)[];
  /** Those with the most doubtful money. */
  identities: ({ tenant: string; identity: string } & StandingReport)[];
  identities_left_out: number;
  conflicts: (Conflict & AffectedReport)[];
  conflicts_left_out: number;
  /** What hides the most money, and how to mend it. */
  offenders: ({ gap: string; tenant: string; subject: string; hint: string } & AffectedReport)[];
  readiness: Readiness[];
}

const MOST_LISTED = 100;
const MOST_OFFENDERS = 20;

export function qualityReport(quality: QualityLedger, statement: Statement): QualityReport {
  const { total, bands } = quality;
  const identities = ranked(quality.identities);
  const conflicts = quality.conflicts.toSorted(byMoney);
  return {
    total: standingReport(total),
    events: bands.map((band, i) => ({
      from: i / bands.length,
      to: (i + 1) / bands.length,
      ...affectedReport(band),
    })),
    tenants: ranked(quality.tenants).map(({ names: [tenant = ""], standing }) => ({
      tenant,
      ...standingReport(standing),
    })),
    teams: ranked(quality.teams).map(({ names: [tenant = "", team = ""], standing }) => ({
      tenant,
      team,
      ...standingReport(standing),
    })),
    identities: identities
      .slice(0, MOST_LISTED)
      .map(({ names: [tenant = "", identity = ""], standing }) => ({
        tenant,
        identity,
        ...standingReport(standing),
      })),
    identities_left_out: Math.max(0, identities.length - MOST_LISTED),
    conflicts: conflicts
      .slice(0, MOST_LISTED)
      .map((conflict) => ({ ...conflict, ...affectedReport(conflict) })),
    conflicts_left_out: Math.max(0, conflicts.length - MOST_LISTED),
    offenders: quality.gaps
      .toSorted(byMoney)
      .slice(0, MOST_OFFENDERS)
      .map((gap) => ({ ...gap, hint: GAPS[gap.gap].hint, ...affectedReport(gap) })),
    readiness: readinessOf(measure(quality, statement)),
  };
}

function measure({ total, owned }: QualityLedger, statement: Statement) {
  const [all] = linesOf(statement, []);
  const cells = [...statement.direct, ...statement.shared].map(({ totals }) => totals);
  const tokens = cells.reduce((sum, t) => sum + t.input_tokens + t.output_tokens, 0);
  const unpriced = cells.reduce((sum, t) => sum + t.unpriced_tokens, 0);
  const { allocations } = statement;
  const shared = sumOf(allocations);
  const kept = sumOf(allocations.filter(({ place }) => place.includes(NO_DRIVER)));
  return {
    unallocated_cost: share(all?.consumption.unattributed ?? 0n, all ? costOf(all) : 0n),
    unpriced_tokens: tokens === 0 ? null : round(unpriced / tokens),
    attribution_quality: scoreOf(total),
    shared_cost_with_rule: share(shared - kept, shared),
    cost_on_owned_credentials: share(owned, total.cost),
  };
}

function standingReport(standing: Standing): StandingReport {
  const { events, cost, named } = standing;
  const shares = Object.entries(named).map(([field, count]) => [field, round(count / events)]);
  return {
    events,
    cost: formatUsd(cost),
    score: scoreOf(standing),
    unpriced_score: unpricedScoreOf(standing),
    doubtful: formatUsd(doubtOf(standing)),
    named: Object.fromEntries(shares) as StandingReport["named"],
  };
}

function affectedReport({ events, cost, unpriced_tokens }: Affected): AffectedReport {
  return { events, cost: formatUsd(cost), unpriced_tokens };
}

/** The most doubtful money first. */
function ranked(standings: ReadonlyMap<string, Standing>) {
  return [...standings]
    .map(([key, standing]) => ({ key, names: JSON.parse(key) as string[], standing }))
    .toSorted((a, b) => {
      const difference = doubtOf(b.standing) - doubtOf(a.standing);
      if (difference !== 0n) return difference > 0n ? 1 : -1;
      return b.standing.events - a.standing.events || (a.key < b.key ? -1 : 1);
    });
}

/** The most money first, then the most unpriced tokens. */
function byMoney(a: Affected, b: Affected): number {
  if (a.cost !== b.cost) return a.cost > b.cost ? -1 : 1;
  return b.unpriced_tokens - a.unpriced_tokens || b.events - a.events;
}

function share(part: Pico, whole: Pico): number | null {
  return whole <= 0n ? null : round(Number(part) / Number(whole));
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}

import { formatUsd } from "../money.ts";
import { formatTime } from "../time.ts";
import { sumOf } from "./allocate.ts";
import type { Period } from "./cells.ts";
import { type Dimension, NO_DRIVER } from "./dimension.ts";
import { countsOf, type Figures, figuresOf } from "./figures.ts";
import { fullyLoaded } from "./fully-loaded.ts";
import { groupBy as groupItems } from "./group.ts";
import type { QualityReport } from "./quality/report.ts";
import { costOf, type Line, linesOf, type Statement } from "./statement.ts";
import { addTotals, createTotals } from "./totals.ts";

export interface ReportLine extends Figures {
  group: Partial<Record<Dimension, string>>;
  /** The cost with a part of the lines that name nobody: for display, nobody is charged by it. */
  fully_loaded: string;
}

/** One shared cost and what became of it. */
export interface PoolReport {
  name: string;
  source: "usage" | "charge";
  split: string;
  to: Dimension;
  amount: string;
  /** What found nobody to be split over: the line `_no_driver`. */
  no_driver: string;
  /** Shared usage; a charge has none. */
  calls: number;
  unpriced: { calls: number; tokens: number };
}

/** What a finding took out of everybody's lines. */
export interface IncidentReport {
  finding: string;
  tenant: string;
  credential: string | null;
  /** Named where no credential is known. */
  identity: string | null;
  cost: string;
  calls: number;
  unpriced: { calls: number; tokens: number };
}

/** A showback statement as it leaves the program. */
export interface ShowbackReport {
  period: { from: string; to: string };
  currency: "USD";
  group_by: readonly Dimension[];
  items: ReportLine[];
  /** Statements come whole. */
  next: null;
  totals: Figures & {
    /** `direct` + `shared` + `unattributed` + `unauthorised` = `cost`. */
    direct: string;
    shared: string;
  };
  /** Who in the business bears it: the cost by business unit and cost centre. */
  ownership: ReportLine[];
  pools: PoolReport[];
  incidents: IncidentReport[];
  comparison: {
    basis: "previous_period";
    from: string;
    to: string;
    /** Null where the periods can be compared. */
    unavailable: string | null;
  };
  quality?: QualityReport;
}

const OWNERSHIP: readonly Dimension[] = ["business_unit", "cost_center"];

/** The period before, of equal length. */
export function previousOf({ from, to }: Period): Period {
  return { from: from - (to - from), to: from };
}

/** Renders a statement; `before` is the one of the previous period, null where the log does not reach back over it. */
export function showbackReport(
  period: Period,
  groupBy: readonly Dimension[],
  statement: Statement,
  before: Statement | null,
): ShowbackReport {
  const lines = (by: readonly Dimension[]): ReportLine[] => {
    const expected = new Map(
      before && linesOf(before, by).map((line) => [JSON.stringify(line.group), costOf(line)]),
    );
    const now = linesOf(statement, by);
    const loaded = fullyLoaded(now, by);
    return now.map((line) => ({
      group: Object.fromEntries(by.map((dimension, i) => [dimension, line.group[i]!])),
      fully_loaded: formatUsd(loaded.get(line)!),
      ...figuresOf(line, expected.get(JSON.stringify(line.group)) ?? null),
    }));
  };
  const previous = previousOf(period);
  return {
    period: { from: formatTime(period.from), to: formatTime(period.to) },
    currency: "USD",
    group_by: groupBy,
    items: lines(groupBy),
    next: null,
    totals: totalsOf(statement, before),
    ownership: lines(OWNERSHIP),
    pools: poolReports(statement),
    incidents: incidentReports(statement),
    comparison: {
      basis: "previous_period",
      from: formatTime(previous.from),
      to: formatTime(previous.to),
      unavailable: before ? null : "the log began later",
    },
  };
}

function totalsOf(statement: Statement, before: Statement | null): ShowbackReport["totals"] {
  const none: Line = { group: [], consumption: createTotals(), platform: 0n };
  const [whole = none] = linesOf(statement, []);
  const [earlier] = before ? linesOf(before, []) : [];
  const figures = figuresOf(whole, earlier ? costOf(earlier) : null);
  // Shared usage is nobody's line, but its calls and its unpriced part belong to the whole.
  const all = createTotals();
  addTotals(all, whole.consumption);
  for (const { totals } of statement.shared) addTotals(all, totals);
  const { cost, unattributed, unauthorised } = whole.consumption;
  return {
    ...figures,
    ...countsOf(all),
    direct: formatUsd(cost - unattributed - unauthorised),
    shared: formatUsd(whole.platform),
  };
}

function poolReports({ allocations, shared }: Statement): PoolReport[] {
  const byPool = groupItems(allocations, ({ pool }) => JSON.stringify([pool.source, pool.name]));
  return [...byPool.values()].map((parts) => {
    const { name, source, split, to } = parts[0]!.pool;
    const kept = parts.filter(({ place }) => place.includes(NO_DRIVER));
    const totals = createTotals();
    for (const cell of shared) {
      if (source === "usage" && cell.policy?.name === name) addTotals(totals, cell.totals);
    }
    const { calls, unpriced_calls, unpriced_tokens } = totals;
    return {
      name,
      source,
      split,
      to,
      amount: formatUsd(sumOf(parts)),
      no_driver: formatUsd(sumOf(kept)),
      calls,
      unpriced: { calls: unpriced_calls, tokens: unpriced_tokens },
    };
  });
}

function incidentReports({ direct }: Statement): IncidentReport[] {
  const byFinding = groupItems(direct, ({ incident }) => incident?.finding ?? "");
  byFinding.delete("");
  return [...byFinding.values()].map((cells) => {
    const { finding, tenant, credential, identity } = cells[0]!.incident!;
    const totals = createTotals();
    for (const cell of cells) addTotals(totals, cell.totals);
    const { calls, unpriced } = countsOf(totals);
    const cost = formatUsd(totals.cost);
    return { finding, tenant, credential, identity, cost, calls, unpriced };
  });
}

import { COST_BASES } from "../../event.ts";
import type { Pico } from "../../money.ts";
import { DAY, type EventTime, parseTime } from "../../time.ts";
import type { Period } from "../cells.ts";
import { type Dimension, NO_DRIVER, UNATTRIBUTED, UNAUTHORISED } from "../dimension.ts";
import type { Pool } from "../pools.ts";
import { splitExactly } from "../split.ts";
import { type Line, linesOf, type Statement } from "../statement.ts";
import type { PricedBasis, UsageTotals } from "../totals.ts";

/** Who bears a charge. */
const OWNERS = [
  "tenant",
  "business_unit",
  "cost_center",
  "team",
  "service",
  "environment",
  "identity",
  "customer",
  "workflow",
  "day",
] as const satisfies readonly Dimension[];

/** The grain of the export: what a ledger for it groups by. */
export const FOCUS_GRAIN: readonly Dimension[] = [
  ...OWNERS,
  "provider",
  "model",
  "region",
  "service_tier",
  "kind",
];

/** One row: the usage of a place on a day, or what a place bears of a shared cost. */
export interface FocusCharge {
  period: Period;
  /** Null where the usage does not say, and of a share what only its origin knows. */
  valueOf(dimension: Dimension): string | null;
  cost: Pico;
  basis: PricedBasis;
  /** False: nobody authorised the usage. */
  isAuthorised: boolean;
  /** Null: a share. */
  usage: UsageTotals | null;
  /** Null: usage. */
  share: Share | null;
}

/** A part of a shared cost. */
export interface Share {
  pool: Pool;
  /** Who bears it; null: nobody was found. */
  sharer: string | null;
  /** Its part of the whole in units of 10⁻¹²; the parts of one cost add up to 10¹². */
  ratio: bigint;
}

/** Values that stand for none. */
const NOBODY: readonly string[] = [UNATTRIBUTED, UNAUTHORISED, NO_DRIVER];

const WHOLE = 10n ** 12n;

/** The rows of a statement: they add up to its cost. Usage without a price has no row, since a row must have a cost. */
export function focusCharges(period: Period, statement: Statement): FocusCharge[] {
  const usage = COST_BASES.filter((basis) => basis !== "unpriced").flatMap((basis) => {
    const direct = statement.direct.filter((cell) => cell.basis === basis);
    const lines = linesOf({ ...statement, direct, allocations: [] }, FOCUS_GRAIN);
    return lines.map((line) => usageCharge(period, line, basis));
  });
  const pools = new Set(statement.allocations.map(({ pool }) => pool));
  return [...usage, ...[...pools].flatMap((pool) => sharesOf(period, statement, pool))];
}

function usageCharge(whole: Period, line: Line, basis: PricedBasis): FocusCharge {
  const valueOf = reader(line, FOCUS_GRAIN);
  const { consumption: usage, group } = line;
  const isAuthorised = !group.includes(UNAUTHORISED);
  const period = dayOf(whole, valueOf);
  return { period, valueOf, cost: usage.cost, basis, isAuthorised, usage, share: null };
}

/** The parts of one shared cost. What other tenants bear is in no row, but in the whole that the ratios are of. */
function sharesOf(whole: Period, statement: Statement, pool: Pool): FocusCharge[] {
  const allocations = statement.allocations.filter((part) => part.pool === pool);
  const lines = linesOf({ ...statement, direct: [], allocations }, OWNERS);
  const seen = lines.reduce((sum, { platform }) => sum + platform, 0n);
  const weights = [...lines.map(({ platform }) => platform), pool.amount - seen].map(
    (amount, i) => ({ key: String(i), weight: amount < 0n ? -amount : amount }),
  );
  const ratios = splitExactly(WHOLE, weights);
  return lines.map((line, i): FocusCharge => {
    const valueOf = reader(line, OWNERS);
    const ratio = ratios.get(String(i))!;
    const kept = line.group.includes(NO_DRIVER);
    const sharer = kept ? null : line.group[OWNERS.indexOf(pool.to)]!;
    const period = dayOf(whole, valueOf);
    const share = { pool, sharer, ratio };
    const cost = line.platform;
    return { period, valueOf, cost, basis: "allocated", isAuthorised: true, usage: null, share };
  });
}

function reader(line: Line, dimensions: readonly Dimension[]): FocusCharge["valueOf"] {
  return (dimension) => {
    const value = line.group[dimensions.indexOf(dimension)];
    return value === undefined || NOBODY.includes(value) ? null : value;
  };
}

/** The part of a period that is the charge's day; all of it where nobody's usage says which day. */
function dayOf({ from, to }: Period, valueOf: FocusCharge["valueOf"]): Period {
  const day: EventTime | null = parseTime(`${valueOf("day")}T00:00:00.000Z`);
  return day === null ? { from, to } : { from: Math.max(from, day), to: Math.min(to, day + DAY) };
}

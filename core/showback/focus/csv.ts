import { formatUsd, type Pico } from "../../money.ts";
import { type EventTime, formatTime } from "../../time.ts";
import type { Period } from "../cells.ts";
import { csvText, textCell } from "../csv-text.ts";
import type { Dimension } from "../dimension.ts";
import type { Statement } from "../statement.ts";
import { type FocusCharge, focusCharges } from "./charges.ts";

/** A name, a count, money; null where nothing is known. */
type Value = string | number | Pico | null;

const TAGS = [
  "team",
  "cost_center",
  "business_unit",
  "service",
  "environment",
  "customer",
  "workflow",
] as const satisfies readonly Dimension[];

/** The columns of the Cost and Usage dataset, version 1.4, that Meterhound has an answer to or that must be there, in the specification's order; then its own. */
const COLUMNS = {
  AllocatedMethodDetails: ({ share }) =>
    share && JSON.stringify({ Elements: [{ AllocatedRatio: Number(formatUsd(share.ratio)) }] }),
  AllocatedMethodId: ({ share }) =>
    share && `${share.pool.source}/${share.pool.name}:${share.pool.split}`,
  AllocatedResourceId: ({ share }) => share && share.sharer,
  AllocatedResourceName: () => null,
  AllocatedTags: (charge) => charge.share && tagsOf(charge),
  BilledCost: ({ cost }) => cost,
  BillingAccountId: ({ valueOf }) => valueOf("tenant"),
  BillingAccountName: () => null,
  BillingCurrency: () => "USD",
  BillingPeriodEnd: ({ period }) => utc(monthOf(period.to - 1, 1)),
  BillingPeriodStart: ({ period }) => utc(monthOf(period.from, 0)),
  ChargeCategory: ({ share }) => (share ? categoryOf(share.pool) : "Usage"),
  ChargeClass: () => null,
  ChargeDescription: ({ valueOf, share }) =>
    share
      ? `Part of ${share.pool.source === "charge" ? "the charge" : "the shared usage"} ${share.pool.name}`
      : `Usage of ${valueOf("model") ?? "a model that is not known"}`,
  ChargePeriodEnd: ({ period }) => utc(period.to),
  ChargePeriodStart: ({ period }) => utc(period.from),
  ContractedCost: ({ cost }) => cost,
  EffectiveCost: ({ cost }) => cost,
  HostProviderName: () => null,
  InvoiceIssuerName: ({ share }) => share && share.pool.vendor,
  ListCost: ({ cost }) => cost,
  PricingQuantity: () => null,
  PricingUnit: () => null,
  RegionId: ({ valueOf }) => valueOf("region"),
  RegionName: () => null,
  ServiceCategory: () => "AI and Machine Learning",
  ServiceName: ({ valueOf, share }) => (share ? share.pool.name : valueOf("model")),
  ServiceProviderName: ({ valueOf }) => valueOf("provider"),
  ServiceSubcategory: () => "Generative AI",
  SubAccountId: ({ valueOf }) => valueOf("team"),
  SubAccountName: () => null,
  Tags: (charge) => (charge.share ? null : tagsOf(charge)),
  x_CostBasis: ({ basis }) => basis,
  x_PrincipalId: ({ valueOf }) => valueOf("identity"),
  x_SpendVerdict: ({ isAuthorised }) => (isAuthorised ? null : "Unauthorised"),
  x_ServiceTier: ({ valueOf }) => valueOf("service_tier"),
  x_UsageKind: ({ valueOf }) => valueOf("kind"),
  x_RequestCount: ({ usage }) => usage && usage.calls,
  x_InputTokens: ({ usage }) => usage && usage.input_tokens,
  x_CachedInputTokens: ({ usage }) => usage && usage.cached_input_tokens,
  x_OutputTokens: ({ usage }) => usage && usage.output_tokens,
} as const satisfies Record<string, (charge: FocusCharge) => Value>;

/** A statement as a FOCUS Cost and Usage dataset in CSV; an empty cell is null: not known, or not said. */
export function focusCsv(period: Period, statement: Statement): string {
  const rows = focusCharges(period, statement).map((charge) =>
    Object.values(COLUMNS).map((read) => cellOf(read(charge))),
  );
  return csvText([Object.keys(COLUMNS), ...rows]);
}

function cellOf(value: Value): string {
  if (value === null) return "";
  if (typeof value === "bigint") return formatUsd(value);
  return typeof value === "number" ? String(value) : textCell(value);
}

function categoryOf({ source, amount }: NonNullable<FocusCharge["share"]>["pool"]): string {
  if (source === "usage") return "Usage";
  return amount < 0n ? "Credit" : "Purchase";
}

function tagsOf({ valueOf }: FocusCharge): string {
  const known = TAGS.flatMap((name) => {
    const value = valueOf(name);
    return value === null ? [] : [[name, value] as const];
  });
  return JSON.stringify(Object.fromEntries(known));
}

/** The first moment of the calendar month of a time, or of one so many later. */
function monthOf(at: EventTime, later: number): EventTime {
  const date = new Date(at);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + later);
}

/** FOCUS writes whole seconds without a fraction. */
function utc(at: EventTime): string {
  return formatTime(at).replace(".000Z", "Z");
}

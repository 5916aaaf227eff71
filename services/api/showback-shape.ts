import { z } from "zod";
import { OWNED_FIELDS } from "#core/quality.ts";
import { Count, Time, Usd } from "#core/shapes.ts";
import { DIMENSION_NAMES } from "#core/showback/dimension.ts";
import { LEVELS, type Readiness } from "#core/showback/quality/readiness.ts";
import type { QualityReport, StandingReport } from "#core/showback/quality/report.ts";
import type { ReportLine, ShowbackReport } from "#core/showback/report.ts";
import { NAMED_FIELDS } from "#core/showback/quality/standing.ts";

const share = z.number().nullable();
const Unpriced = z.strictObject({ calls: Count, tokens: Count });

const figures = {
  cost: Usd,
  layers: z.strictObject({ consumption: Usd, platform: Usd }),
  basis: z.strictObject({ reported: Usd, priced: Usd, allocated: Usd, estimated: Usd }),
  environments: z.strictObject({ production: Usd, non_production: Usd, exploratory: Usd }),
  unattributed: Usd,
  unauthorised: Usd,
  calls: Count,
  input_tokens: Count,
  output_tokens: Count,
  cached_input_tokens: Count,
  cache_hits: Count,
  unpriced: Unpriced,
  expected: Usd.nullable(),
  variance: Usd.nullable(),
};

const Line: z.ZodType<ReportLine> = z.strictObject({
  group: z.partialRecord(z.enum(DIMENSION_NAMES), z.string()),
  fully_loaded: Usd,
  ...figures,
});

const standing = {
  events: Count,
  cost: Usd,
  score: share,
  unpriced_score: share,
  doubtful: Usd,
  named: z.record(z.enum(NAMED_FIELDS), z.number()),
} satisfies Record<keyof StandingReport, z.ZodType>;

const affected = { events: Count, cost: Usd, unpriced_tokens: Count };

const Level: z.ZodType<Readiness> = z.strictObject({
  level: z.enum(LEVELS),
  result: z.enum(["pass", "fail", "not_measured"]),
  gates: z.array(
    z.strictObject({
      gate: z.enum([
        "unallocated_cost",
        "unpriced_tokens",
        "attribution_quality",
        "shared_cost_with_rule",
        "cost_on_owned_credentials",
      ]),
      title: z.string(),
      value: share,
      required: z.string(),
      result: z.enum(["pass", "fail", "not_measured"]),
    }),
  ),
  reasons: z.array(z.string()),
  not_measured: z.array(z.string()),
});

const Quality: z.ZodType<QualityReport> = z.strictObject({
  total: z.strictObject(standing),
  events: z.array(z.strictObject({ from: z.number(), to: z.number(), ...affected })),
  tenants: z.array(z.strictObject({ tenant: z.string(), ...standing })),
  teams: z.array(z.strictObject({ tenant: z.string(), team: z.string(), ...standing })),
  identities: z.array(z.strictObject({ tenant: z.string(), identity: z.string(), ...standing })),
  identities_left_out: Count,
  conflicts: z.array(
    z.strictObject({
      tenant: z.string(),
      identity: z.string().nullable(),
      field: z.enum([...OWNED_FIELDS, "identity"]),
      declared: z.string().nullable(),
      directory: z.string().nullable(),
      ...affected,
    }),
  ),
  conflicts_left_out: Count,
  offenders: z.array(
    z.strictObject({
      gap: z.string(),
      tenant: z.string(),
      subject: z.string(),
      hint: z.string(),
      ...affected,
    }),
  ),
  readiness: z.array(Level),
});

/** `GET showback` as JSON. */
export const ShowbackShape: z.ZodType<ShowbackReport> = z.strictObject({
  period: z.strictObject({ from: Time, to: Time }),
  currency: z.literal("USD"),
  group_by: z.array(z.enum(DIMENSION_NAMES)),
  items: z.array(Line),
  next: z.null().meta({ description: "Statements come whole." }),
  totals: z.strictObject({ ...figures, direct: Usd, shared: Usd }),
  ownership: z.array(Line),
  pools: z.array(
    z.strictObject({
      name: z.string(),
      source: z.enum(["usage", "charge"]),
      split: z.string(),
      to: z.enum(DIMENSION_NAMES),
      amount: Usd,
      no_driver: Usd,
      calls: Count,
      unpriced: Unpriced,
    }),
  ),
  incidents: z.array(
    z.strictObject({
      finding: z.string(),
      tenant: z.string(),
      credential: z.string().nullable(),
      identity: z.string().nullable(),
      cost: Usd,
      calls: Count,
      unpriced: Unpriced,
    }),
  ),
  comparison: z.strictObject({
    basis: z.literal("previous_period"),
    from: Time,
    to: Time,
    unavailable: z.string().nullable(),
  }),
  quality: Quality.exactOptional(),
});

import { z } from "zod";
import { FAMILIES, FINDING_STATUSES } from "../finding/finding.ts";
import { SEVERITIES } from "../severity.ts";
import { Count, Time, Usd } from "../shapes.ts";

export const TIMELINE_METRICS = ["cost", "calls", "tokens"] as const;
export type TimelineMetric = (typeof TIMELINE_METRICS)[number];

/** By what usage over time can be split. */
export const TIMELINE_SPLITS = ["model", "credential", "identity", "team", "tenant"] as const;
export type TimelineSplit = (typeof TIMELINE_SPLITS)[number];

/** What was used in a stretch of time. */
export const Usage = z.strictObject({
  cost: Usd,
  unpriced_calls: Count.meta({ description: "Calls without a price: not part of the cost." }),
  calls: Count,
  errors: Count,
  input_tokens: Count,
  output_tokens: Count,
});
export type Usage = z.infer<typeof Usage>;

/** Whose usage a series shows. */
const series = {
  kind: z.enum(["all", "value", "other"]).meta({
    description: "`value`: one value of the split; `other`: all values below the largest seven.",
  }),
  value: z.string().nullable().meta({ description: "Null: the usage names none." }),
};

const Series = z.strictObject({
  ...series,
  total: Usage,
  points: z.array(z.strictObject({ start: Time, ...Usage.shape })).meta({
    description: "Ascending; steps without usage are left out.",
  }),
});

const Band = z.strictObject({
  metric: z.enum(["cost", "calls"]),
  points: z
    .array(
      z.strictObject({
        start: Time,
        expected: z.union([Usd, z.number()]),
        low: z.union([Usd, z.number()]),
        high: z.union([Usd, z.number()]),
        samples: Count.meta({ description: "Hours of history the expectation rests on." }),
      }),
    )
    .meta({ description: "By the hour, whatever the step; decimal strings for cost." }),
});

/** A finding whose time overlaps the range. */
export const Annotation = z.strictObject({
  finding: z.string(),
  tenant: z.string(),
  family: z.enum(FAMILIES),
  severity: z.enum(SEVERITIES),
  status: z.enum(FINDING_STATUSES),
  title: z.string(),
  identity: z.string().nullable(),
  first_seen: Time,
  opened_at: Time.meta({ description: "When it was detected, in event time." }),
  last_seen: Time,
  closed_at: Time.nullable(),
  contained_at: Time.nullable(),
  excess: Usd.nullable(),
});
export type Annotation = z.infer<typeof Annotation>;

const Section = z.strictObject({
  from: Time,
  to: Time,
  total: Usage,
  split: z.array(z.strictObject({ ...series, total: Usage })).meta({
    description: "By the values of the timeline's series, empty without a split.",
  }),
});

/** A marked window against the rest of the range. */
const Window = z.strictObject({
  before: Section,
  inside: Section,
  after: Section,
  basis: z.enum(["band", "before", "none"]).meta({
    description:
      "Where `expected` comes from: the identity's baseline; the rate before the window; nothing.",
  }),
  expected: Usd.nullable(),
  upper: Usd.nullable().meta({ description: "Upper edge of the band, null without one." }),
  excess: Usd.nullable().meta({ description: "Cost inside − expected, exact." }),
});

/** Spend over time, as it leaves the program. */
export const TimelineReport = z.strictObject({
  from: Time,
  to: Time,
  step_ms: z.int().positive(),
  currency: z.literal("USD"),
  metric: z.enum(TIMELINE_METRICS).meta({ description: "What the largest values were chosen by." }),
  by: z.enum(TIMELINE_SPLITS).nullable(),
  series: z.array(Series),
  band: Band.nullable().meta({ description: "For one identity of one tenant, else null." }),
  annotations: z.array(Annotation).meta({ description: "The worst first, 200 at most." }),
  annotations_left_out: Count,
  window: Window.nullable(),
});
export type TimelineReport = z.infer<typeof TimelineReport>;

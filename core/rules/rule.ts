import { z } from "zod";
import { ENTITY_TYPES } from "../detector.ts";
import { FAMILIES } from "../finding/finding.ts";
import { SEVERITIES } from "../severity.ts";
import { IdentitiesFile } from "../site/identities.ts";
import { parseDuration } from "../time.ts";

/** `30s`, `15m`, `6h`, `2d`; milliseconds inside. */
export const Duration = z.string().transform((text, context) => {
  const ms = parseDuration(text);
  if (ms === null) context.addIssue("must be a duration like 30s, 15m, 6h or 2d");
  return ms ?? 0;
});

const Comparison = z.strictObject({
  gte: z.number().optional(),
  gt: z.number().optional(),
  lte: z.number().optional(),
  lt: z.number().optional(),
});

/** Holds for a signal's facts: each named fact equals the value or passes the comparison. */
const When = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), Comparison]));
export type When = z.infer<typeof When>;

/** One step of the escalation of the same finding: by facts, by money, or both. */
const Level = z
  .strictObject({
    when: When.optional(),
    impact: z.enum(["notice", "material", "serious"]).optional(),
    severity: z.enum(SEVERITIES),
  })
  .refine((level) => level.when !== undefined || level.impact !== undefined, {
    message: "a level takes `when`, `impact` or both",
  });
export type Level = z.infer<typeof Level>;

const ids = (pattern: RegExp): z.ZodType<string[]> =>
  z.array(z.string().regex(pattern)).default([]);

/** Framework ids with their editions; see docs/detection-philosophy.md. */
const Mappings = z.strictObject({
  attack: ids(/^T\d{4}(\.\d{3})?$/),
  atlas: ids(/^AML\.T\d{4}(\.\d{3})?$/),
  owasp_llm: ids(/^LLM\d\d:(2025|2026)$/),
  owasp_agentic: ids(/^ASI\d\d:2026$/),
  owasp_nhi: ids(/^NHI\d\d?:2025$/),
  csf: ids(/^[A-Z]{2}\.[A-Z]{2}-\d\d$/),
  ai_rmf: ids(/^(GOVERN|MAP|MEASURE|MANAGE) \d\.\d$/),
});

export const TEST_KINDS = [
  "true_positive",
  "benign_lookalike",
  "just_below",
  "cold_start",
  "contaminated_history",
  "wrong_order",
] as const;

const TestEvent = z
  .object({
    at: z.string().regex(/^\+\d+(ms|s|m|h|d)$/, "must be an offset like +90s"),
    repeat: z
      .strictObject({
        n: z.int().min(1),
        every: Duration,
        /** What a numeric field grows by with each repeat. */
        add: z.record(z.string(), z.number()).default({}),
      })
      .optional(),
  })
  .catchall(z.union([z.string(), z.number(), z.boolean()]));

const RuleTest = z.strictObject({
  name: z.string(),
  kind: z.enum(TEST_KINDS),
  expect: z.strictObject({
    alert: z.int().min(0),
    severity: z.enum(SEVERITIES).optional(),
    entity: z.string().optional(),
  }),
  /** The identity directory of the test, as a site's file holds it; nobody is known where there is none. */
  identities: IdentitiesFile.shape.identities.default([]),
  /** Canonical fields by dotted name, for every event of the test. */
  defaults: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  events: z.array(TestEvent).min(1),
});
export type RuleTest = z.infer<typeof RuleTest>;

/** Named selections of events by field predicates; checked against the event's fields when the rule is compiled. */
const Select = z.record(z.string(), z.record(z.string(), z.unknown()));

/** One step of `ordered`: a selection, how many of its events make the step, and what of them must differ. */
const CorrelateStep = z.strictObject({
  on: z.string(),
  count: z.int().min(1).max(32).default(1),
  distinct: z.string().optional(),
});

/** What is counted, summed up, awaited in order or remembered of the selected events. */
const Correlate = z.strictObject({
  type: z.enum(["count", "distinct", "sum", "ordered", "first_seen"]),
  /** The selection; the only one where not said. */
  on: z.string().optional(),
  /** Of `ordered`: what must follow one another within the window, the last one a single event. */
  steps: z.array(CorrelateStep).min(2).max(4).optional(),
  by: z.array(z.string()).max(4).default([]),
  /** Of `first_seen`: how long the calls of a new value are added to its finding. */
  window: Duration.optional(),
  field: z.string().optional(),
  condition: z
    .strictObject({ gt: z.int().optional(), gte: z.int().optional() })
    .refine(({ gt, gte }) => (gt === undefined) !== (gte === undefined), {
      message: "takes `gt` or `gte`",
    })
    .optional(),
  /** Of `first_seen`: values remembered of one key; beyond, nothing is new. */
  values: z.int().min(1).max(4_096).default(64),
});

/** What a rule judges differently outside production; absent keys stay as they are. */
const Variant = z.strictObject({
  params: z.record(z.string(), z.unknown()).optional(),
  severity: z.enum(SEVERITIES).optional(),
  levels: z.array(Level).optional(),
});

/** A rule as its file holds it: which detector looks, how bad it is, how it is told, and its own tests. */
export const RuleFile = z.strictObject({
  id: z.string().regex(/^[a-z-]+\.[a-z0-9-]+$/, "must be <family>.<name>"),
  version: z.int().min(1),
  status: z.enum(["experimental", "test", "stable"]),
  name: z.string(),
  family: z.enum(FAMILIES),
  /** A detector and its parameters, or a selection and a correlation: one of the two. */
  detector: z.string().optional(),
  params: z.record(z.string(), z.unknown()).default({}),
  select: Select.optional(),
  correlate: Correlate.optional(),
  /** Whom a correlation's finding is about. */
  entity: z.enum(ENTITY_TYPES).optional(),
  /** While a finding of this rule's family is open, these families open none that is not worse on the same identity or credential. */
  covers: z.array(z.enum(FAMILIES)).optional(),
  /** `impact`: the money decides, see the impact block of the configuration. */
  severity: z.union([z.enum(SEVERITIES), z.literal("impact")]),
  confidence: z.number().min(0).max(1),
  levels: z.array(Level).default([]),
  /** Staging, development and test are `non_production`, pilots `exploratory`; no environment counts as production. */
  environments: z
    .strictObject({ non_production: Variant.optional(), exploratory: Variant.optional() })
    .optional(),
  episode: z.strictObject({
    /** Without a signal for so long the episode is over. */
    quiet: Duration,
    /** A signal whose level surpasses by the factor all that the episode had seen `after` ago opens a new one. */
    anew: z.strictObject({ after: Duration, above: z.number().min(1) }).optional(),
  }),
  title: z.string(),
  explanation: z.string(),
  mappings: Mappings,
  false_positives: z.array(z.string()).min(1),
  triage: z.string(),
  respond: z.string(),
  references: z.array(z.string()).default([]),
  tests: z.array(RuleTest).min(1),
});
export type RuleFile = z.infer<typeof RuleFile>;

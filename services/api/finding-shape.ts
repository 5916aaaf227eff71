import { z } from "zod";
import { COST_BASES, ENVIRONMENTS, IDENTITY_TYPES } from "#core/event.ts";
import {
  FAMILIES,
  type Finding,
  FINDING_STATUSES,
  type FindingBody,
  VERDICTS,
} from "#core/finding/finding.ts";
import type { FindingDetail, HistoryEntry, Note } from "#core/finding/history.ts";
import { SEVERITIES } from "#core/severity.ts";
import { Count, Time, Usd } from "#core/shapes.ts";

const text = z.string().nullable();
const share = z.number().min(0).max(1);

const FactValue = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.null(),
  z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
]);

const Subject: z.ZodType<FindingBody["subject"]> = z.strictObject({
  identity: text,
  type: z.enum(IDENTITY_TYPES).nullable(),
  credential: text,
  owner: text,
  agent: text,
  flow: text.meta({ description: "The flow root's id: session, else trace." }),
});

const Showback: z.ZodType<FindingBody["showback"]> = z.strictObject({
  team: text,
  service: text,
  cost_center: text,
  environment: z.enum(ENVIRONMENTS).nullable(),
  currency: z.literal("USD"),
  observed: Usd.nullable(),
  expected: Usd,
  excess: Usd.nullable().meta({ description: "observed − expected; null while unpriced." }),
  at_detection: Usd.nullable(),
  projected_daily: Usd.nullable(),
  basis: z.enum(COST_BASES),
  attribution_quality: share,
  quality: z.array(z.string()),
  unpriced_events: Count,
});

const Evidence: z.ZodType<FindingBody["evidence"]> = z.strictObject({
  events: Count,
  event_ids: z.array(z.string()),
  samples: z.array(
    z.strictObject({
      id: z.string(),
      time: Time,
      model: text,
      input_tokens: Count.nullable(),
      output_tokens: Count.nullable(),
      cost: Usd.nullable(),
      status: text,
    }),
  ),
  top_contributors: z.array(
    z.strictObject({ dimension: z.string(), value: z.string(), spend: Usd, share: z.number() }),
  ),
});

const finding = {
  id: z.string(),
  tenant: z.string(),
  family: z.enum(FAMILIES),
  rule: z.string(),
  rule_version: z.int(),
  title: z.string(),
  severity: z.enum(SEVERITIES),
  confidence: share,
  first_seen: Time,
  last_seen: Time,
  opened_at: Time,
  closed_at: Time.nullable(),
  detected_after: z.strictObject({ events: Count, spend: Usd.nullable() }),
  lineage: z.enum(["edges", "session", "none"]),
  subject: Subject,
  showback: Showback,
  facts: z.record(z.string(), FactValue),
  explanation: z.string(),
  evidence: Evidence,
  threats: z.record(z.string(), z.array(z.string())),
  runbook: z.string(),
  related: z.array(z.string()),
  status: z.enum(FINDING_STATUSES),
  verdict: z.enum(VERDICTS).nullable(),
  assignee: text,
  acknowledged_at: Time.nullable(),
  contained_at: Time.nullable(),
  revision: z.int().positive().meta({ description: "The ETag." }),
};

/** A finding, as lists and the stream show it. */
export const FindingShape: z.ZodType<Finding> = z.strictObject(finding);

const NoteShape: z.ZodType<Note> = z.strictObject({
  id: z.string(),
  at: Time,
  by: z.string(),
  text: z.string(),
});

const HistoryShape: z.ZodType<HistoryEntry> = z.strictObject({
  id: z.string(),
  kind: z.enum(["opened", "updated", "closed", "triaged", "noted"]),
  at: Time.meta({ description: "Event time of what detection says, wall clock of people's word." }),
  by: text.meta({ description: "Null: detection." }),
  severity: z.enum(SEVERITIES).nullable().meta({ description: "As detection put it then." }),
  change: z
    .strictObject({
      status: z.enum(FINDING_STATUSES).exactOptional(),
      verdict: z.enum(VERDICTS).exactOptional(),
      assignee: z.string().exactOptional(),
      note: z.string().exactOptional(),
      contained: z.boolean().exactOptional(),
    })
    .nullable()
    .meta({ description: "What a person changed." }),
});

/** One finding with what people wrote and what happened to it. */
export const FindingDetailShape: z.ZodType<FindingDetail> = z.strictObject({
  ...finding,
  notes: z.array(NoteShape),
  history: z.array(HistoryShape).meta({
    description: "In the order of the log; of updates those that changed the severity.",
  }),
});

/** `GET findings`. */
export const FindingList = z.strictObject({
  items: z.array(FindingShape),
  next: z.string().nullable(),
});

const Counts = z.record(z.string(), Count);

/** `GET findings/summary`. */
export const FindingSummary = z.strictObject({
  total: Count.meta({ description: "Findings that pass every filter." }),
  status: Counts.meta({ description: "Each facet counts what passes the filters of the others." }),
  severity: Counts,
  family: Counts,
  team: Counts.meta({ description: "The 50 teams with most findings; `_none` without a team." }),
  open: z
    .strictObject({
      severity: Counts,
      excess: Usd.meta({ description: "Of all of them; findings on one identity may overlap." }),
      excess_at_least: Usd.meta({ description: "Of each identity the largest alone." }),
      projected_daily: Usd.meta({
        description:
          "What burns now: of each identity the largest of its findings that are not over and were seen within the last hour.",
      }),
      unpriced: Count,
    })
    .meta({ description: "Findings that are new or in progress, under every filter." }),
});
export type FindingSummary = z.infer<typeof FindingSummary>;

/** The `data` of one event of `GET stream`. */
export const StreamEntry = z.strictObject({
  sequence: z.int().positive(),
  kind: z.enum(["opened", "updated", "closed", "triaged", "noted"]),
  at: Time,
  by: text,
  finding: FindingShape,
});
export type StreamEntry = z.infer<typeof StreamEntry>;

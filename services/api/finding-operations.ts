import { z } from "zod";
import { FINDING_STATUSES, VERDICTS } from "#core/finding/finding.ts";
import { json, type Operation } from "../http/operation.ts";
import { FindingFilter, FindingQuery } from "./finding-query.ts";
import { FindingDetailShape, FindingList, FindingSummary } from "./finding-shape.ts";

const MAX_NOTE = 4_096;

const TriageBody = z
  .strictObject({
    status: z.enum(FINDING_STATUSES).optional(),
    verdict: z.enum(VERDICTS).optional(),
    assignee: z.string().max(256).optional(),
    note: z.string().max(MAX_NOTE).optional(),
    contained: z.literal(true).optional(),
  })
  .refine((body) => Object.keys(body).length > 0, "nothing to change");

const NoteBody = z.strictObject({ text: z.string().trim().min(1).max(MAX_NOTE) });

const ID = { id: "The finding's id." };
const ETAG = "The ETag of the finding as it was seen.";

export const LIST_FINDINGS = {
  method: "GET",
  path: "/api/v1/findings",
  summary: "Findings, page by page.",
  right: "read",
  query: FindingQuery,
  answer: json("One page; `next` is the cursor of the next one, null on the last.", FindingList),
  errors: ["MH_API_CURSOR"],
} satisfies Operation<z.infer<typeof FindingQuery>>;

export const SUMMARISE_FINDINGS = {
  method: "GET",
  path: "/api/v1/findings/summary",
  summary: "How many findings there are, by facet, and what the open ones cost.",
  right: "read",
  query: FindingFilter,
  answer: json("Counts by status, severity, family and team.", FindingSummary),
} satisfies Operation<FindingFilter>;

export const READ_FINDING = {
  method: "GET",
  path: "/api/v1/findings/{id}",
  summary: "One finding with its notes and its history.",
  right: "read",
  params: ID,
  answer: json("The finding; its revision is the ETag.", FindingDetailShape),
  errors: ["MH_API_NOT_FOUND"],
} satisfies Operation;

export const TRIAGE_FINDING = {
  method: "PATCH",
  path: "/api/v1/findings/{id}",
  summary: "Changes status, verdict or assignee of a finding, with a note or without.",
  right: "triage",
  params: ID,
  headers: { "If-Match": { description: ETAG, required: true } },
  body: TriageBody,
  answer: json("The finding as it is now.", FindingDetailShape),
  errors: ["MH_API_NOT_FOUND", "MH_API_PRECONDITION_REQUIRED", "MH_API_CONFLICT"],
} satisfies Operation<unknown, z.infer<typeof TriageBody>>;

export const NOTE_FINDING = {
  method: "POST",
  path: "/api/v1/findings/{id}/notes",
  summary: "Adds a note to a finding. Notes conflict with nothing, so that no ETag is needed.",
  right: "triage",
  params: ID,
  body: NoteBody,
  answer: json("The finding as it is now.", FindingDetailShape, 201),
  errors: ["MH_API_NOT_FOUND", "MH_API_CONFLICT"],
} satisfies Operation<unknown, z.infer<typeof NoteBody>>;

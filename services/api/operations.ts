import { FORMATS } from "#core/formats/formats.ts";
import type { Operation } from "../http/operation.ts";
import { POST_EVENTS, postOtlp, postPayload } from "../ingest/operations.ts";
import {
  LIST_FINDINGS,
  NOTE_FINDING,
  READ_FINDING,
  SUMMARISE_FINDINGS,
  TRIAGE_FINDING,
} from "./finding-operations.ts";
import { READ_FLOW } from "./flow-routes.ts";
import { READ_HEALTH, READ_METRICS, READ_READINESS } from "./health-routes.ts";
import { LIST_IDENTITIES, READ_IDENTITY } from "./identity-routes.ts";
import { READ_OPENAPI } from "./openapi-routes.ts";
import { READ_SHOWBACK } from "./showback-routes.ts";
import { STREAM_FINDINGS } from "./stream-routes.ts";
import { READ_TIMELINE } from "./timeline-routes.ts";

/** Everything the service answers, over all roles. */
export const OPERATIONS = [
  LIST_FINDINGS,
  SUMMARISE_FINDINGS,
  READ_FINDING,
  TRIAGE_FINDING,
  NOTE_FINDING,
  STREAM_FINDINGS,
  READ_TIMELINE,
  READ_FLOW,
  LIST_IDENTITIES,
  READ_IDENTITY,
  READ_SHOWBACK,
  POST_EVENTS,
  ...FORMATS.map(postPayload),
  postOtlp("traces"),
  postOtlp("logs"),
  postOtlp("metrics"),
  READ_HEALTH,
  READ_READINESS,
  READ_METRICS,
  READ_OPENAPI,
] as readonly Operation[];

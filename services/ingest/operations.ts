import { z } from "zod";
import type { Format } from "#core/formats/format.ts";
import type { ErrorCode } from "#core/errors.ts";
import { Count } from "#core/shapes.ts";
import type { Operation } from "../http/operation.ts";
import type { Accepted } from "./accept.ts";

/** The answer to a batch. */
export const AcceptedShape: z.ZodType<Accepted> = z.strictObject({
  accepted: Count.meta({ description: "Durable now." }),
  duplicates: Count.meta({ description: "Known already; nothing changed." }),
  quarantined: z.array(
    z.strictObject({
      index: Count.meta({ description: "Place in the batch." }),
      code: z.string() as z.ZodType<ErrorCode>,
      path: z.string(),
      message: z.string(),
    }),
  ),
});

const SourceQuery = z.strictObject({
  source: z.string().optional().meta({
    description: "Source of events that name none; else the token's name.",
  }),
});

const NATIVE_TYPES = ["application/x-ndjson", "application/json", "application/cloudevents+json"];
const OTLP_TYPES = ["application/json", "application/x-protobuf"];

const taken = {
  method: "POST",
  right: "ingest",
  query: SourceQuery,
  errors: [
    "MH_API_EMPTY",
    "MH_API_TOO_LARGE",
    "MH_API_UNSUPPORTED_MEDIA",
    "MH_EVENT_UNPARSEABLE",
    "MH_LOG_UNAVAILABLE",
  ],
} as const;

const accepted = {
  status: 202,
  description: "The accepted part is durable; the rest is in quarantine, with the reason.",
  content: { "application/json": AcceptedShape },
};

export const POST_EVENTS = {
  ...taken,
  path: "/v1/events",
  summary: "Takes native events: NDJSON, a JSON object or array, CloudEvents; gzip or not.",
  bodyTypes: NATIVE_TYPES,
  answer: accepted,
} satisfies Operation;

/** `POST /v1/ingest/{format}` of one format. */
export function postPayload({ name, title }: Format): Operation {
  return {
    ...taken,
    path: `/v1/ingest/${name}`,
    summary: `Takes payloads of ${title}: one, a JSON array of them, or one a line; gzip or not.`,
    bodyTypes: ["application/json", "application/x-ndjson"],
    answer: accepted,
  };
}

/** `POST /v1/traces`, `/v1/logs` and `/v1/metrics`. */
export function postOtlp(signal: "traces" | "logs" | "metrics"): Operation {
  return {
    ...taken,
    path: `/v1/${signal}`,
    summary:
      signal === "metrics"
        ? "Answers OTLP metrics without reading them: they count the same tokens again."
        : `Takes OTLP ${signal}, as JSON or protobuf; gzip or not.`,
    bodyTypes: OTLP_TYPES,
    answer: {
      status: 200,
      description: "OTLP's own answer, in kind; what was refused is told as partial success.",
      content: {
        "application/json": z.strictObject({
          partialSuccess: z
            .strictObject({
              rejectedSpans: z.string().optional(),
              rejectedLogRecords: z.string().optional(),
              errorMessage: z.string(),
            })
            .optional(),
        }),
        "application/x-protobuf": null,
      },
    },
  };
}

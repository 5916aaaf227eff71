import type { Outcome } from "../event.ts";
import { callId, failureOf, identityFields, modelField, operationField } from "./aws.ts";
import { answerDigest, askedDigest, joinChunks } from "./bedrock-body.ts";
import { isNothing, toText } from "./convert.ts";
import { nested, type FieldTable, type Mapping } from "./fields.ts";
import { asOneRecord, type Format, isObject } from "./format.ts";
import { createReader, type Draft } from "./read-fields.ts";
import { settleTokens } from "./tokens.ts";

const { text, count, millis, time, tags, derived, always, find } = nested;

const BODY = "output.outputBodyJson";
const METRICS = `${BODY}.amazon-bedrock-invocationMetrics`;
const asked = find("input.inputBodyJson");
const answer = find(BODY);
const total = find(`${BODY}.usage.totalTokens`);
const error = find("errorCode");

const OUTCOME: FieldTable = Object.fromEntries(
  (["status", "error_class", "policy"] as const).map((name) => [
    `outcome.${name}`,
    derived(
      ["errorCode", `${BODY}.amazon-bedrock-guardrailAction`, `${BODY}.stopReason`],
      (record) => outcomeOf(record)[name],
    ),
  ]),
);

const INVOCATION: FieldTable = {
  id: callId("accountId", "region", "requestId"),
  time: time("timestamp"),
  source: always("bedrock"),
  tenant: text("accountId"),
  ...identityFields("identity.arn"),
  "attribution.tags": tags("requestMetadata"),
  "flow.request_id": text("requestId"),
  "flow.provider_request_id": text("requestId"),
  "model.provider": always("aws.bedrock"),
  "model.requested": modelField("modelId"),
  "model.operation": operationField("modelId"),
  "model.region": text("inferenceRegion", "region"),
  "usage.input_tokens": count(
    "input.inputTokenCount",
    `${BODY}.usage.inputTokens`,
    `${BODY}.usage.input_tokens`,
    `${METRICS}.inputTokenCount`,
  ),
  "usage.output_tokens": count(
    "output.outputTokenCount",
    `${BODY}.usage.outputTokens`,
    `${BODY}.usage.output_tokens`,
    `${METRICS}.outputTokenCount`,
  ),
  "usage.cached_input_tokens": count(
    "input.cacheReadInputTokenCount",
    `${BODY}.usage.cacheReadInputTokens`,
    `${BODY}.usage.cache_read_input_tokens`,
    `${METRICS}.cacheReadInputTokenCount`,
  ),
  "usage.cache_write_tokens": count(
    "input.cacheWriteInputTokenCount",
    `${BODY}.usage.cacheWriteInputTokens`,
    `${BODY}.usage.cache_creation_input_tokens`,
    `${METRICS}.cacheWriteInputTokenCount`,
  ),
  ...OUTCOME,
  "outcome.latency_ms": millis(1, `${BODY}.metrics.latencyMs`, `${METRICS}.invocationLatency`),
  "outcome.ttft_ms": millis(1, `${METRICS}.firstByteLatency`),
  "content.prompt_digest": derived(["input.inputBodyJson"], (record, { digest }) =>
    askedDigest(asked(record), digest),
  ),
  "content.result_digest": derived([BODY], (record, { digest }) =>
    answerDigest(answer(record), digest),
  ),
};

const read = createReader(INVOCATION);

export const bedrock: Format = {
  name: "bedrock",
  title: "Amazon Bedrock model invocation log",
  routes: ["POST /v1/ingest/bedrock"],
  tokens: "exclusive",
  lineage: "none",
  cannot: ["net.pending"],
  sometimes: ["tok.missing", "tok.total_mismatch"],
  follows:
    "The log has no address, user agent or access key: the CloudTrail record of the same request adds them when it comes. Without CloudTrail the signs of a stolen key that rest on them stay off.",
  tables: { invocation: INVOCATION },
  isLike: (payload) =>
    isObject(payload) &&
    "modelId" in payload &&
    "requestId" in payload &&
    (payload["schemaType"] === "ModelInvocationLog" || "identity" in payload),
  unpack: asOneRecord,
  map: (record, mapping) => [mapInvocation(withWholeBody(record), mapping)],
};

function withWholeBody(record: object): object {
  const { output } = record as { output?: unknown };
  const body = isObject(output) ? output["outputBodyJson"] : undefined;
  if (!Array.isArray(body)) return record;
  return { ...record, output: { ...(output as object), outputBodyJson: joinChunks(body) } };
}

function mapInvocation(record: object, mapping: Mapping): Draft {
  const draft = read(record, mapping);
  if (!isNothing(error(record))) {
    draft["usage"] = { input_tokens: 0, output_tokens: 0 };
    // CloudTrail tells the same failure, and it counts whichever comes first.
    draft.revision = 1;
    return draft;
  }
  const sum = total(record);
  settleTokens(draft, "exclusive", mapping, typeof sum === "number" ? sum : undefined);
  if (draft["usage"] === undefined) mapping.quality.push("tok.missing");
  return draft;
}

const BLOCKED: Outcome = {
  status: "blocked",
  error_class: "content_policy",
  policy: "bedrock guardrail",
};

const OK: Outcome = { status: "ok" };

function outcomeOf(record: object): Outcome {
  const code = error(record);
  if (!isNothing(code)) return failureOf(toText(code, "errorCode"));
  return isBlocked(answer(record)) ? BLOCKED : OK;
}

function isBlocked(body: unknown): boolean {
  if (!isObject(body)) return false;
  if (body["amazon-bedrock-guardrailAction"] === "INTERVENED") return true;
  return (body["stopReason"] ?? body["stop_reason"]) === "guardrail_intervened";
}

import type { Outcome } from "../event.ts";
import {
  addressField,
  callId,
  failureOf,
  identityFields,
  modelField,
  operationField,
} from "./aws.ts";
import { actionOf, MODEL_CALLS } from "./cloudtrail-actions.ts";
import { isNothing, toText } from "./convert.ts";
import { nested, type FieldTable, type Mapping } from "./fields.ts";
import { type Format, type FormatRecord, isObject } from "./format.ts";
import { createReader, type Draft } from "./read-fields.ts";

const { text, time, derived, always, find } = nested;
const error = find("errorCode");
const loggingConfig = find("requestParameters.loggingConfig");

/** Who called, from where and when: the same in every record. */
const CALLER: FieldTable = {
  time: time("eventTime"),
  tenant: text("recipientAccountId", "userIdentity.accountId"),
  ...identityFields("userIdentity.arn", "userIdentity.userName", "userIdentity.invokedBy"),
  "identity.credential": text("userIdentity.accessKeyId", "userIdentity.credentialId"),
  "network.ip": addressField("sourceIPAddress"),
  "network.user_agent": text("userAgent"),
  "outcome.status": derived(["errorCode"], (record) => failure(record)?.status),
  "outcome.error_class": derived(["errorCode"], (record) => failure(record)?.error_class),
};

/** A call of a model: where it came from, for the invocation log tells the rest. */
const MODEL_CALL: FieldTable = {
  ...CALLER,
  id: callId("recipientAccountId", "awsRegion", "requestID"),
  source: always("bedrock"),
  "flow.request_id": text("requestID"),
  "flow.provider_request_id": text("requestID"),
  "model.provider": always("aws.bedrock"),
  "model.requested": modelField("requestParameters.modelId"),
  "model.operation": operationField("requestParameters.modelId"),
  "model.region": text("additionalEventData.inferenceRegion", "awsRegion"),
};

const AUDIT_STATUS = derived(["errorCode"], (record) => failure(record)?.status ?? "ok");

/** An action of administration. */
const AUDIT: FieldTable = {
  ...CALLER,
  id: text("eventID"),
  source: always("cloudtrail"),
  type: always("audit"),
  "flow.request_id": text("requestID"),
  "model.region": text("awsRegion"),
  "audit.action": derived(["eventSource", "eventName"], actionOfRecord),
  "audit.target": text(
    ...[
      "modelId",
      "guardrailIdentifier",
      "provisionedModelId",
      "userName",
      "roleName",
      "groupName",
      "budgetName",
      "name",
      "resourceArn",
    ].map((name) => `requestParameters.${name}`),
    "eventName",
  ),
  "audit.outcome": AUDIT_STATUS,
  "outcome.status": AUDIT_STATUS,
};

const readModelCall = createReader(MODEL_CALL);
const readAudit = createReader(AUDIT);

export const cloudtrail: Format = {
  name: "cloudtrail",
  title: "AWS CloudTrail",
  routes: ["POST /v1/ingest/cloudtrail"],
  tokens: null,
  lineage: "none",
  cannot: [],
  sometimes: ["tok.missing", "net.missing", "join.unmatched"],
  follows:
    "A call of a model waits up to 30 minutes for the invocation log's record of it, which has the tokens; one that stays alone counts without them. A failed call counts at once. Records of other services are passed over.",
  tables: { "model call": MODEL_CALL, audit: AUDIT },
  isLike: (payload) => isObject(payload) && isTrailRecord(firstRecord(payload)),
  unpack,
  map(record, mapping) {
    const { eventSource, eventName } = record as Record<string, unknown>;
    const isBedrock = eventSource === "bedrock.amazonaws.com";
    if (isBedrock && MODEL_CALLS.has(String(eventName))) return [mapModelCall(record, mapping)];
    return actionOfRecord(record) === undefined ? [] : [mapAudit(record, mapping)];
  },
};

/** A file's `Records`, an EventBridge event around one record, or the record itself. */
function* unpack(payload: unknown): Generator<FormatRecord> {
  const { Records: records, detail } = (payload ?? {}) as { Records?: unknown; detail?: unknown };
  if (Array.isArray(records)) {
    for (const [i, record] of records.entries()) yield { path: `Records[${i}]`, record };
  } else if (isObject(detail)) yield { path: "detail", record: detail };
  else yield { path: "", record: payload };
}

function firstRecord({ Records, detail, ...record }: Readonly<Record<string, unknown>>): unknown {
  if (Array.isArray(Records)) return Records[0];
  return detail ?? record;
}

/** Other AWS notifications have an event's source and name too, but not its id. */
function isTrailRecord(record: unknown): boolean {
  return isObject(record) && ["eventID", "eventName", "eventSource"].every((key) => key in record);
}

function mapModelCall(record: object, mapping: Mapping): Draft {
  const draft = readModelCall(record, mapping);
  draft.revision = 1;
  if (failure(record)) draft["usage"] = { input_tokens: 0, output_tokens: 0 };
  else mapping.quality.push("tok.missing");
  return finish(draft, mapping);
}

function mapAudit(record: object, mapping: Mapping): Draft {
  const draft = readAudit(record, mapping);
  draft["extra"] = { event_name: (record as { eventName?: unknown }).eventName };
  return finish(draft, mapping);
}

function finish(draft: Draft, { quality }: Mapping): Draft {
  if ((draft["network"] as { ip?: string } | undefined)?.ip === undefined) {
    quality.push("net.missing");
  }
  return draft;
}

function failure(record: object): Outcome | undefined {
  const code = error(record);
  return isNothing(code) ? undefined : failureOf(toText(code, "errorCode"));
}

/** An action that was refused did not take place: that it was tried is what counts. */
function actionOfRecord(record: object): string | undefined {
  const { eventSource, eventName } = record as Record<string, unknown>;
  const action = actionOf(String(eventSource), String(eventName));
  const isOfModels = action !== undefined || String(eventSource).startsWith("bedrock");
  if (isOfModels && failure(record)?.status === "denied") return "access.denied";
  return action === "logging.changed" && isSwitchedOff(record) ? "logging.disabled" : action;
}

/** A new configuration without a place to write to, or without the texts. */
function isSwitchedOff(record: object): boolean {
  const config = loggingConfig(record);
  if (!isObject(config)) return true;
  if (config["textDataDeliveryEnabled"] === false) return true;
  return isNothing(config["s3Config"]) && isNothing(config["cloudWatchConfig"]);
}

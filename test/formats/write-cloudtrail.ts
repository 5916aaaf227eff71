import { AWS_ERRORS, roleSession } from "./write-bedrock.ts";
import type { Call } from "./calls.ts";
import type { Writer } from "./writers.ts";

const record = (call: Call) => ({
  eventVersion: "1.11",
  userIdentity: {
    type: "AssumedRole",
    principalId: `AROAEXAMPLE:session-${call.n}`,
    arn: roleSession(call),
    accountId: call.tenant,
    accessKeyId: call.credential,
  },
  eventTime: call.time,
  awsRegion: call.region,
  sourceIPAddress: call.ip,
  userAgent: call.user_agent,
  responseElements: null,
  requestID: call.provider_request_id,
  eventID: call.id,
  readOnly: true,
  recipientAccountId: call.tenant,
  ...(call.error_class && { errorCode: AWS_ERRORS[call.error_class] }),
});

export const cloudtrailModelCall: Writer = {
  format: "cloudtrail",
  table: "model call",
  write: (call) => ({
    ...record(call),
    eventSource: "bedrock.amazonaws.com",
    eventName: "InvokeModel",
    requestParameters: { modelId: call.model },
  }),
  otherwise: {
    "model.provider": () => "aws.bedrock",
    // What a call that answered came to is the invocation log's to say.
    "outcome.status": (call) => (call.error_class ? call.status : undefined),
    "outcome.http_status": null,
  },
  typed: ["eventTime", "userIdentity.arn", "requestParameters.modelId", "userAgent", "requestID"],
};

export const cloudtrailAudit: Writer = {
  format: "cloudtrail",
  table: "audit",
  write: (call) => ({
    ...record(call),
    eventSource: "bedrock.amazonaws.com",
    eventName: "ListFoundationModels",
    requestParameters: null,
  }),
  otherwise: { "outcome.http_status": null },
  typed: ["eventTime", "userIdentity.arn", "sourceIPAddress", "userAgent", "requestID"],
};

import { describe, expect, it } from "vitest";
import { bedrock } from "#core/formats/bedrock.ts";
import { cloudtrail } from "#core/formats/cloudtrail.ts";
import { formatOf } from "#services/ingest/read-payload.ts";
import { createCalls } from "./calls.ts";
import { eventsOf, read } from "./read.ts";
import { bedrockInvocation } from "./write-bedrock.ts";
import { cloudtrailModelCall } from "./write-cloudtrail.ts";

const RECORD = {
  eventVersion: "1.11",
  userIdentity: {
    type: "IAMUser",
    arn: "arn:aws:iam::111122223333:user/alice",
    accountId: "111122223333",
    accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  },
  eventTime: "2026-10-02T15:02:30Z",
  eventSource: "bedrock.amazonaws.com",
  eventName: "InvokeModel",
  awsRegion: "us-east-1",
  sourceIPAddress: "203.0.113.9",
  userAgent: "python-requests/2.32.3",
  requestParameters: { modelId: "anthropic.claude-3-haiku-20240307-v1:0" },
  requestID: "915a6a04",
  eventID: "e-1",
  recipientAccountId: "111122223333",
} as const;

function one(rest: object) {
  const events = eventsOf({ ...RECORD, ...rest }, cloudtrail);
  expect(events).toHaveLength(1);
  return events[0]!;
}

describe("CloudTrail's record of a model call", () => {
  it.each(["InvokeModel", "InvokeModelWithResponseStream", "Converse", "ConverseStream"])(
    "of %s tells where the call of the invocation log came from",
    (eventName) => {
      const event = one({ eventName });
      expect(event).toMatchObject({
        id: "111122223333/us-east-1/915a6a04",
        source: "bedrock",
        type: "usage",
        revision: 1,
        identity: { id: "alice", type: "user", credential: "AKIAIOSFODNN7EXAMPLE" },
        network: { ip: "203.0.113.9", user_agent: "python-requests/2.32.3" },
      });
      expect(event.usage).toBeUndefined();
      expect(event.outcome).toBeUndefined();
      expect(event.quality).toContain("tok.missing");
    },
  );

  it("has the id, identity and model of the log's half, failed or not", () => {
    for (const call of createCalls(200)) {
      const [log] = eventsOf(bedrockInvocation.write(call), bedrock);
      const [trail] = eventsOf(cloudtrailModelCall.write(call), cloudtrail);
      const { credential: _, ...identity } = trail!.identity!;
      expect([trail!.source, trail!.tenant, trail!.id, identity]).toEqual([
        log!.source,
        log!.tenant,
        log!.id,
        log!.identity,
      ]);
      expect(trail!.model).toEqual(log!.model);
      expect(trail!.outcome?.error_class).toBe(log!.outcome?.error_class);
    }
  });

  it("of a probe that failed counts at once without a token", () => {
    const event = one({ errorCode: "ValidationException", errorMessage: "max_tokens: -1" });
    expect(event).toMatchObject({
      revision: 1,
      usage: { input_tokens: 0, output_tokens: 0 },
      outcome: { status: "error", error_class: "validation" },
    });
    expect(JSON.stringify(event)).not.toContain("max_tokens");
  });

  it("by a Bedrock API key names the key's user and credential", () => {
    const { identity } = one({
      userIdentity: {
        type: "IAMUser",
        arn: "arn:aws:iam::111122223333:user/BedrockAPIKey-k3m9",
        credentialId: "ACCAEXAMPLE123EXAMPLE",
      },
      additionalEventData: { callWithBearerToken: true },
    });
    expect(identity).toEqual({
      id: "BedrockAPIKey-k3m9",
      type: "api_key",
      credential: "ACCAEXAMPLE123EXAMPLE",
    });
  });

  it.each([
    ["bedrock.amazonaws.com", undefined],
    ["AWS Internal", undefined],
    ["203.0.113.9", "203.0.113.9"],
    ["2001:db8::1", "2001:db8::1"],
  ])("from %s has the address %s", (sourceIPAddress, ip) => {
    const event = one({ sourceIPAddress });
    expect(event.network?.ip).toBe(ip);
    expect(event.quality?.includes("net.missing")).toBe(ip === undefined);
  });

  it("is refused without what it is joined by", () => {
    const { refused } = read({ ...RECORD, requestID: null }, cloudtrail);
    expect(refused[0]?.problem).toMatchObject({
      code: "MH_EVENT_MISSING_FIELD",
      path: "requestID",
    });
  });
});

describe("CloudTrail's record of an action", () => {
  it.each([
    ["bedrock", "ListFoundationModels", null, "model.listed", "ListFoundationModels"],
    ["bedrock", "GetModelInvocationLoggingConfiguration", null, "logging.read", undefined],
    ["bedrock", "DeleteModelInvocationLoggingConfiguration", null, "logging.disabled", undefined],
    ["bedrock", "PutFoundationModelEntitlement", { modelId: "m-1" }, "model.enabled", "m-1"],
    ["bedrock", "UpdateGuardrail", { guardrailIdentifier: "g-1" }, "guardrail.changed", "g-1"],
    ["iam", "CreateAccessKey", { userName: "BedrockAPIKey-x" }, "key.created", "BedrockAPIKey-x"],
    ["iam", "AttachUserPolicy", { userName: "bob" }, "permission.changed", "bob"],
    ["cloudtrail", "StopLogging", { name: "trail" }, "logging.disabled", "trail"],
  ])("%s %s is an audit event", (service, eventName, requestParameters, action, target) => {
    const eventSource = `${service}.amazonaws.com`;
    expect(one({ eventSource, eventName, requestParameters })).toMatchObject({
      id: "e-1",
      source: "cloudtrail",
      type: "audit",
      identity: { id: "alice", credential: "AKIAIOSFODNN7EXAMPLE" },
      network: { ip: "203.0.113.9" },
      audit: { action, target: target ?? eventName, outcome: "ok" },
      extra: { event_name: eventName },
    });
  });

  const PUT = "PutModelInvocationLoggingConfiguration";
  const S3 = { bucketName: "logs" };
  it.each([
    [{ s3Config: S3, textDataDeliveryEnabled: true }, "logging.changed"],
    [{ s3Config: S3, textDataDeliveryEnabled: false }, "logging.disabled"],
    [{ textDataDeliveryEnabled: true }, "logging.disabled"],
    [undefined, "logging.disabled"],
  ])("that sets the logging to %j is %s", (loggingConfig, action) => {
    expect(one({ eventName: PUT, requestParameters: { loggingConfig } }).audit?.action).toBe(
      action,
    );
  });

  it.each(["DeleteModelInvocationLoggingConfiguration", "ListCustomModels"])(
    "%s that was refused is an access that was denied",
    (eventName) => {
      const event = one({ eventName, requestParameters: null, errorCode: "AccessDenied" });
      expect(event.audit).toEqual({
        action: "access.denied",
        target: eventName,
        outcome: "denied",
      });
      expect(event.outcome).toEqual({ status: "denied", error_class: "access_denied" });
    },
  );

  it.each([
    ["s3.amazonaws.com", "GetObject", undefined],
    ["ec2.amazonaws.com", "RunInstances", "Client.UnauthorizedOperation"],
    ["bedrock.amazonaws.com", "ListCustomModels", undefined],
  ])("%s %s is passed over", (eventSource, eventName, errorCode) => {
    const { events, refused } = read({ ...RECORD, eventSource, eventName, errorCode }, cloudtrail);
    expect([events, refused]).toEqual([[], []]);
  });
});

describe("CloudTrail's envelopes", () => {
  const bridge = {
    version: "0",
    id: "b-1",
    "detail-type": "AWS API Call via CloudTrail",
    source: "aws.bedrock",
    time: "2026-10-02T15:02:31Z",
    detail: RECORD,
  };
  it.each([
    ["a file's records", { Records: [RECORD] }],
    ["an EventBridge event", bridge],
    ["a bare record", RECORD],
  ])("%s hold the same event", (_, payload) => {
    expect(formatOf(payload)).toBe(cloudtrail);
    expect(eventsOf(payload, cloudtrail)).toEqual(eventsOf(RECORD, cloudtrail));
  });

  it("say which record of a file is bad, and keep the others", () => {
    const { events, refused } = read(
      { Records: [RECORD, { ...RECORD, eventTime: 7e20 }] },
      cloudtrail,
    );
    expect(events).toHaveLength(1);
    expect(refused[0]?.problem).toMatchObject({
      code: "MH_EVENT_BAD_TIME",
      path: "Records[1].eventTime",
    });
  });

  it("are not taken for notifications of S3", () => {
    const notice = { eventSource: "aws:s3", eventName: "ObjectCreated:Put", eventTime: "x" };
    expect(formatOf({ Records: [notice] })).toBe("native");
  });
});

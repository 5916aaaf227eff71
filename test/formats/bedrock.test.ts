import { describe, expect, it } from "vitest";
import { bedrock } from "#core/formats/bedrock.ts";
import { eventsOf } from "./read.ts";

const LOG = {
  schemaType: "ModelInvocationLog",
  schemaVersion: "1.0",
  timestamp: "2026-10-02T15:02:30Z",
  accountId: "111122223333",
  identity: { arn: "arn:aws:sts::111122223333:assumed-role/checkout/i-0abc" },
  region: "us-east-1",
  requestId: "915a6a04",
  operation: "InvokeModel",
  modelId: "anthropic.claude-3-haiku-20240307-v1:0",
};

function one(rest: object) {
  const events = eventsOf({ ...LOG, ...rest }, bedrock);
  expect(events).toHaveLength(1);
  return events[0]!;
}

const TOTAL = {
  input_tokens: 8_200,
  output_tokens: 310,
  cached_input_tokens: 3_600,
  cache_write_tokens: 400,
};

describe("the tokens of an invocation log", () => {
  it.each([
    [
      "its own counts",
      {
        input: {
          inputTokenCount: 4_200,
          cacheReadInputTokenCount: 3_600,
          cacheWriteInputTokenCount: 400,
        },
        output: { outputTokenCount: 310 },
      },
    ],
    [
      "the body of Converse",
      {
        output: {
          outputBodyJson: {
            usage: {
              inputTokens: 4_200,
              outputTokens: 310,
              cacheReadInputTokens: 3_600,
              cacheWriteInputTokens: 400,
              totalTokens: 8_510,
            },
          },
        },
      },
    ],
    [
      "the body of Messages",
      {
        output: {
          outputBodyJson: {
            usage: {
              input_tokens: 4_200,
              output_tokens: 310,
              cache_read_input_tokens: 3_600,
              cache_creation_input_tokens: 400,
            },
          },
        },
      },
    ],
  ])("leave the cached ones out, by %s", (_, rest) => {
    const event = one(rest);
    expect(event.usage).toEqual(TOTAL);
    expect(event.quality?.filter((code) => code.startsWith("tok."))).toEqual([]);
  });

  it("of a stream are those of its start with those of its last delta", () => {
    const chunks = [
      {
        type: "message_start",
        message: {
          usage: {
            input_tokens: 4_200,
            output_tokens: 1,
            cache_read_input_tokens: 3_600,
            cache_creation_input_tokens: 400,
          },
        },
      },
      { type: "content_block_delta", delta: { type: "text_delta", text: "an " } },
      { type: "content_block_delta", delta: { type: "text_delta", text: "answer" } },
      { type: "message_delta", delta: { stop_reason: null }, usage: { output_tokens: 200 } },
      { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 310 } },
      {
        type: "message_stop",
        "amazon-bedrock-invocationMetrics": { invocationLatency: 3_640, firstByteLatency: 410 },
      },
    ];
    const streamed = one({ output: { outputBodyJson: chunks } });
    expect(streamed.usage).toEqual(TOTAL);
    expect(streamed.outcome).toEqual({ status: "ok", latency_ms: 3_640, ttft_ms: 410 });
    const whole = one({
      output: { outputBodyJson: { content: [{ type: "text", text: "an answer" }] } },
    });
    expect(streamed.content?.result_digest).toBe(whole.content?.result_digest);
  });

  it("are missing where the log names a place in S3 only", () => {
    const event = one({ output: { outputBodyS3Path: "s3://logs/x.json.gz" } });
    expect(event.usage).toBeUndefined();
    expect(event.quality).toContain("tok.missing");
  });

  it("are priced by the model behind an inference profile", () => {
    const { model, cost } = one({
      modelId:
        "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
      inferenceRegion: "us-west-2",
      input: { inputTokenCount: 1_000 },
      output: { outputTokenCount: 10 },
    });
    expect(model).toEqual({
      provider: "aws.bedrock",
      requested: "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
      operation: "chat",
      region: "us-west-2",
    });
    expect(cost?.basis).toBe("priced");
  });
});

describe("the outcome of an invocation log", () => {
  it("is counted at once and waits for the address", () => {
    const event = one({ input: { inputTokenCount: 3 }, output: { outputTokenCount: 1 } });
    expect(event).toMatchObject({
      id: "111122223333/us-east-1/915a6a04",
      source: "bedrock",
      outcome: { status: "ok" },
    });
    expect(event.revision).toBeUndefined();
    expect(event.quality).toContain("net.pending");
  });

  it.each([
    { "amazon-bedrock-guardrailAction": "INTERVENED" },
    { stopReason: "guardrail_intervened" },
    [
      { type: "message_start", message: { usage: { input_tokens: 3 } } },
      { type: "message_stop", "amazon-bedrock-guardrailAction": "INTERVENED" },
    ],
  ])("is blocked where a guardrail intervened: %j", (outputBodyJson) => {
    expect(one({ output: { outputBodyJson } }).outcome).toMatchObject({
      status: "blocked",
      error_class: "content_policy",
      policy: "bedrock guardrail",
    });
  });

  it.each([
    ["ValidationException", "error", "validation"],
    ["AccessDeniedException", "denied", "access_denied"],
    ["ThrottlingException", "throttled", "rate_limited"],
    ["ServiceQuotaExceededException", "throttled", "rate_limited"],
    ["ResourceNotFoundException", "error", "not_found"],
    ["UnrecognizedClientException", "denied", "auth"],
    ["InvalidSignatureException", "denied", "auth"],
    ["ExpiredTokenException", "denied", "auth"],
    ["ModelTimeoutException", "error", "timeout"],
    ["ModelNotReadyException", "error", "upstream"],
    ["ModelStreamErrorException", "error", "upstream"],
    ["ServiceUnavailableException", "error", "upstream"],
    ["InternalServerException", "error", "upstream"],
  ])("of %s is %s without a token", (errorCode, status, error_class) => {
    const event = one({ errorCode, input: { inputTokenCount: 12 } });
    expect(event.outcome).toEqual({ status, error_class });
    expect(event.usage).toEqual({ input_tokens: 0, output_tokens: 0 });
    expect(event.revision).toBe(1);
  });
});

describe("who stands behind an ARN", () => {
  it.each([
    ["arn:aws:sts::1:assumed-role/checkout/i-0abc", { id: "checkout", type: "role" }],
    ["arn:aws:iam::1:role/service/checkout", { id: "checkout", type: "role" }],
    ["arn:aws:iam::1:user/people/alice", { id: "alice", type: "user" }],
    ["arn:aws:iam::1:user/BedrockAPIKey-k3m9", { id: "BedrockAPIKey-k3m9", type: "api_key" }],
    ["arn:aws:iam::1:root", { id: "root", type: "user" }],
    ["arn:aws-us-gov:sts::1:federated-user/bob", { id: "bob", type: "user" }],
    ["arn:aws:ec2:eu-west-1:1:instance/i-1", { id: "arn:aws:ec2:eu-west-1:1:instance/i-1" }],
  ])("%s is %j", (arn, identity) => {
    expect(one({ identity: { arn } }).identity).toEqual(identity);
  });
});

describe("the tool calls of an answer", () => {
  const converse = (input: object) => ({
    output: {
      message: {
        content: [{ text: "words vary" }, { toolUse: { toolUseId: "t1", name: "f", input } }],
      },
    },
  });
  const messages = { content: [{ type: "tool_use", id: "t2", name: "f", input: { a: 1 } }] };
  const stream = [
    {
      type: "content_block_start",
      content_block: { type: "tool_use", id: "t3", name: "f", input: {} },
    },
    { type: "content_block_delta", delta: { type: "input_json_delta", partial_json: '{"a"' } },
    { type: "content_block_delta", delta: { type: "input_json_delta", partial_json: ":1}" } },
  ];
  const digestOf = (outputBodyJson: unknown) =>
    one({ output: { outputBodyJson } }).content?.result_digest;

  it("are one digest by both APIs and as a stream, whatever their ids and the words around", () => {
    expect(digestOf(converse({ a: 1 }))).toMatch(/^digest:/);
    expect(digestOf(messages)).toBe(digestOf(converse({ a: 1 })));
    expect(digestOf(stream)).toBe(digestOf(messages));
    expect(digestOf(converse({ a: 2 }))).not.toBe(digestOf(messages));
  });
});

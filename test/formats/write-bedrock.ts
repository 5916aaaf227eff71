import type { Call } from "./calls.ts";
import type { Writer } from "./writers.ts";

export const AWS_ERRORS = {
  upstream: "ServiceUnavailableException",
  rate_limited: "ThrottlingException",
  access_denied: "AccessDeniedException",
} as const;

export const roleSession = (call: Call) =>
  `arn:aws:sts::111122223333:assumed-role/${call.identity}/session-${call.n}`;

const inferenceProfile = (call: Call) =>
  `arn:aws:bedrock:${call.region}:111122223333:inference-profile/${call.model}`;

/** Tokens of a call that answered: those of a refused one were never used. */
const used =
  (count: (call: Call) => number) =>
  (call: Call): number =>
    call.error_class ? 0 : count(call);

/** A call by the Converse API; the log's counts leave the cached tokens out. */
export const bedrockInvocation: Writer = {
  format: "bedrock",
  table: "invocation",
  write: (call) => ({
    schemaType: "ModelInvocationLog",
    schemaVersion: "1.0",
    timestamp: call.time,
    accountId: call.tenant,
    identity: { arn: roleSession(call) },
    region: call.region,
    requestId: call.provider_request_id,
    operation: "Converse",
    modelId: inferenceProfile(call),
    ...(call.error_class && { errorCode: AWS_ERRORS[call.error_class] }),
    input: {
      inputContentType: "application/json",
      inputBodyJson: { messages: [{ role: "user", content: [{ text: call.prompt }] }] },
      inputTokenCount: call.input_tokens - call.cached_input_tokens - call.cache_write_tokens,
      cacheReadInputTokenCount: call.cached_input_tokens,
      cacheWriteInputTokenCount: call.cache_write_tokens,
    },
    output: {
      outputContentType: "application/json",
      outputBodyJson: {
        output: { message: { role: "assistant", content: [{ text: call.answer }] } },
        stopReason: "end_turn",
        metrics: { latencyMs: call.latency_ms },
        usage: { totalTokens: call.input_tokens + call.output_tokens },
        "amazon-bedrock-invocationMetrics": { firstByteLatency: call.ttft_ms },
      },
      outputTokenCount: call.output_tokens,
    },
    requestMetadata: { project: "x" },
  }),
  otherwise: {
    "model.provider": () => "aws.bedrock",
    "usage.input_tokens": used((call) => call.input_tokens),
    "usage.output_tokens": used((call) => call.output_tokens),
    "usage.cached_input_tokens": (call) =>
      call.error_class ? undefined : call.cached_input_tokens,
    "usage.cache_write_tokens": (call) => (call.error_class ? undefined : call.cache_write_tokens),
    "outcome.http_status": null,
  },
  typed: ["timestamp", "identity.arn", "modelId", "input.inputTokenCount", "requestId"],
};

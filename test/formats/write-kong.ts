import type { Call } from "./calls.ts";
import type { Writer } from "./writers.ts";

const ERRORS = {
  upstream: "service unavailable",
  rate_limited: "rate limit exceeded",
  access_denied: "access denied",
} as const;

/** What the http-log plugin writes of any request. */
const request = (call: Call) => ({
  workspace: "b4a1e9a2",
  workspace_name: call.tenant,
  source: "upstream",
  started_at: Date.parse(call.time),
  client_ip: call.ip,
  upstream_uri: "/v1/chat/completions",
  upstream_status: String(call.http_status),
  trace_id: { w3c: call.trace, datadog: "1" },
  tries: [{ ip: "162.159.140.245", port: 443, balancer_latency: 0 }],
  latencies: { request: call.latency_ms + 5, kong: 5, proxy: call.latency_ms, receive: 0 },
  service: { name: call.service, host: "api.example.com" },
  route: { name: "ai", tags: ["ai"] },
  consumer: { username: call.identity, custom_id: call.owner, id: "c-1" },
  authenticated_entity: { id: call.credential },
  response: { status: call.http_status, headers: {}, size: 900 },
  request: {
    id: call.span,
    uri: "/openai/v1/chat/completions?x=1",
    method: "POST",
    headers: {
      "user-agent": call.user_agent,
      authorization: "REDACTED",
      "x-mh-parent": call.parent_span,
      "x-mh-workflow": call.workflow,
      "x-mh-agent": call.agent,
    },
  },
});

/** As version 3.14 writes it, with payloads. */
export const kongModelCall: Writer = {
  format: "kong",
  table: "model call",
  write: (call) => ({
    ...request(call),
    ai: {
      payload: {
        request: JSON.stringify({
          messages: [
            { role: "system", content: "You are helpful." },
            { role: "user", content: call.prompt },
          ],
        }),
      },
      proxy: {
        payload: {
          response: JSON.stringify({
            choices: [{ message: { role: "assistant", content: call.answer } }],
          }),
        },
        meta: {
          provider_name: call.provider,
          request_model: call.model,
          response_model: call.model,
          request_mode: "stream",
          llm_latency: call.latency_ms,
        },
        usage: {
          prompt_tokens: call.input_tokens,
          completion_tokens: call.output_tokens,
          total_tokens: call.input_tokens + call.output_tokens,
          prompt_tokens_details: { cached_tokens: call.cached_input_tokens, audio_tokens: 0 },
          completion_tokens_details: { reasoning_tokens: call.reasoning_tokens },
          time_to_first_token: call.ttft_ms,
          cost: Number(call.cost),
        },
      },
    },
  }),
  typed: [
    "client_ip",
    "started_at",
    "consumer.username",
    "ai.proxy.usage.prompt_tokens",
    "ai.proxy.meta.request_model",
  ],
};

const NO_TOKENS = {
  "usage.input_tokens": () => 0,
  "usage.output_tokens": () => 0,
  "usage.cached_input_tokens": null,
};

export const kongMcp: Writer = {
  format: "kong",
  table: "mcp",
  write: (call) => ({
    ...request(call),
    ai: {
      mcp: {
        mcp_session_id: call.session,
        rpc: [
          {
            id: "2",
            method: "tools/call",
            tool_name: "search",
            latency: call.latency_ms,
            ...(call.error_class && { error: ERRORS[call.error_class] }),
            response_body_size: 5030,
            payload: {
              request: JSON.stringify({
                params: { name: "search", arguments: { q: call.prompt } },
              }),
              response: JSON.stringify({ result: { content: call.answer } }),
            },
          },
        ],
        audit: [{ primitive_name: "search", primitive: "tool", action: "allow" }],
      },
    },
  }),
  otherwise: {
    ...NO_TOKENS,
    "model.operation": () => "execute_tool",
    "content.prompt_digest": null,
    "content.result_digest": null,
  },
  typed: ["client_ip", "started_at", "ai.mcp.mcp_session_id", "ai.mcp.rpc[0].latency"],
};

export const kongA2a: Writer = {
  format: "kong",
  table: "a2a",
  write: (call) => ({
    ...request(call),
    ai: {
      a2a: {
        rpc: [
          {
            id: "1",
            method: "SendMessage",
            binding: "jsonrpc",
            latency: call.latency_ms,
            ttfb_latency: call.ttft_ms,
            task_id: call.workflow,
            context_id: call.session,
            task_state: "completed",
            ...(call.error_class && { error: ERRORS[call.error_class] }),
          },
        ],
      },
    },
  }),
  otherwise: { ...NO_TOKENS, "model.operation": () => "invoke_agent" },
  typed: ["client_ip", "started_at", "ai.a2a.rpc[0].context_id", "ai.a2a.rpc[0].latency"],
};

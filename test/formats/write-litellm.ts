import type { Call } from "./calls.ts";
import type { Writer } from "./writers.ts";

const seconds = (call: Call, plus = 0): number => (Date.parse(call.time) + plus) / 1_000;

const ERRORS = {
  upstream: { error_class: "ServiceUnavailableError", error_code: "503" },
  rate_limited: { error_class: "RateLimitError", error_code: "429" },
  access_denied: { error_class: "PermissionDeniedError", error_code: "403" },
} as const;

const usageObject = (call: Call) => ({
  prompt_tokens: call.input_tokens,
  completion_tokens: call.output_tokens,
  prompt_tokens_details: { cached_tokens: call.cached_input_tokens },
  cache_creation_input_tokens: call.cache_write_tokens,
  completion_tokens_details: { reasoning_tokens: call.reasoning_tokens },
});

/** Only failures carry a code. */
const httpStatus = (call: Call) => (call.error_class ? call.http_status : undefined);

/** As version 1.106 posts it, shortened to what matters. */
export const litellmCallback: Writer = {
  format: "litellm",
  table: "callback",
  write: (call) => ({
    id: call.provider_request_id,
    trace_id: call.trace,
    session_id: call.session,
    litellm_call_id: call.span,
    agent_id: call.agent,
    call_type: "acompletion",
    stream: true,
    response_cost: Number(call.cost),
    response_cost_failure_debug_info: null,
    status: call.error_class ? "failure" : "success",
    status_fields: { llm_api_status: "success", guardrail_status: "not_run" },
    custom_llm_provider: call.provider,
    total_tokens: call.input_tokens + call.output_tokens,
    prompt_tokens: call.input_tokens,
    completion_tokens: call.output_tokens,
    startTime: seconds(call),
    endTime: seconds(call, call.latency_ms),
    completionStartTime: seconds(call, call.ttft_ms),
    model: call.model,
    model_group: call.model,
    metadata: {
      user_api_key_hash: call.credential,
      user_api_key_alias: call.identity,
      user_api_key_org_id: call.tenant,
      user_api_key_team_id: "t-1",
      user_api_key_team_alias: call.team,
      user_api_key_project_alias: call.service,
      user_api_key_user_email: call.owner,
      requester_custom_headers: {
        "x-mh-parent": call.parent_span,
        "x-mh-workflow": call.workflow,
      },
      usage_object: usageObject(call),
      applied_guardrails: [],
    },
    cache_hit: false,
    request_tags: ["env:x", "User-Agent: openai-node"],
    end_user: call.customer,
    requester_ip_address: call.ip,
    user_agent: call.user_agent,
    messages: [
      { role: "system", content: "You are helpful." },
      { role: "user", content: call.prompt },
    ],
    response: { choices: [{ message: { role: "assistant", content: call.answer } }] },
    error_information: call.error_class ? ERRORS[call.error_class] : null,
  }),
  otherwise: {
    "identity.id": (call) => call.agent,
    "outcome.http_status": httpStatus,
  },
  typed: ["metadata.user_api_key_hash", "prompt_tokens", "startTime", "model", "response_cost"],
};

export const litellmSpendLog: Writer = {
  format: "litellm",
  table: "spend log",
  write: (call) => ({
    request_id: call.provider_request_id,
    call_type: "acompletion",
    api_key: call.credential,
    spend: Number(call.cost),
    total_tokens: call.input_tokens + call.output_tokens,
    prompt_tokens: call.input_tokens,
    completion_tokens: call.output_tokens,
    startTime: call.time.replace("T", " ").replace("Z", ""),
    endTime: new Date(Date.parse(call.time) + call.latency_ms)
      .toISOString()
      .replace("T", " ")
      .replace("Z", ""),
    model: call.model,
    model_group: call.model,
    custom_llm_provider: call.provider,
    user: "u-1",
    metadata: JSON.stringify({
      user_api_key_alias: call.identity,
      user_api_key_team_alias: call.team,
      user_api_key_project_alias: call.service,
      user_api_key_user_email: call.owner,
      user_agent: call.user_agent,
      usage_object: usageObject(call),
      error_information: call.error_class ? ERRORS[call.error_class] : null,
    }),
    cache_hit: "None",
    request_tags: "[]",
    team_id: "t-1",
    organization_id: call.tenant,
    end_user: call.customer,
    requester_ip_address: call.ip,
    messages: "{}",
    response: "{}",
    session_id: call.session,
    status: call.error_class ? "failure" : "success",
    agent_id: call.agent,
  }),
  otherwise: {
    "identity.id": (call) => call.agent,
    "outcome.http_status": httpStatus,
  },
  typed: ["api_key", "prompt_tokens", "startTime", "model", "spend"],
};

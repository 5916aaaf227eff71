import type { Digest } from "#core/privacy.ts";
import type { Call } from "./calls.ts";

/** Canonical field to what it must hold for a call, whatever the format; fields that formats carry in their own way are not here. */
export function expectedFields(call: Call, digest: Digest): Record<string, unknown> {
  return {
    time: call.time,
    tenant: call.tenant,
    "identity.id": call.identity,
    "identity.credential": call.credential,
    "identity.owner": call.owner,
    "attribution.team": call.team,
    "attribution.service": call.service,
    "attribution.customer": call.customer,
    "attribution.environment": call.environment,
    "flow.trace": call.trace,
    "flow.span": call.span,
    "flow.parent_span": call.parent_span,
    "flow.session": call.session,
    "flow.workflow": call.workflow,
    "flow.agent": call.agent,
    "flow.provider_request_id": call.provider_request_id,
    "model.provider": call.provider,
    "model.requested": call.model,
    "model.served": call.model,
    "model.operation": "chat",
    "model.region": call.region,
    "usage.input_tokens": call.input_tokens,
    "usage.output_tokens": call.output_tokens,
    "usage.cached_input_tokens": call.cached_input_tokens,
    "usage.cache_write_tokens": call.cache_write_tokens,
    "usage.reasoning_tokens": call.reasoning_tokens,
    "cost.amount": call.cost,
    "outcome.status": call.status,
    "outcome.error_class": call.error_class,
    "outcome.http_status": call.http_status,
    "outcome.latency_ms": call.latency_ms,
    "outcome.ttft_ms": call.ttft_ms,
    "network.ip": call.ip,
    "network.user_agent": call.user_agent,
    "content.prompt_digest": digest(call.prompt),
    "content.result_digest": digest(call.answer),
  };
}

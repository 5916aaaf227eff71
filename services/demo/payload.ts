import { type EventTime, formatTime } from "#core/time.ts";
import type { Call } from "./call.ts";

const HTTP: Readonly<Record<string, number>> = { ok: 200, throttled: 429, error: 503 };
const ERROR_CLASS: Readonly<Record<string, string>> = {
  throttled: "rate_limited",
  error: "upstream",
};

/** The call as the JSON a gateway sends: what it does not know is left out. Shares nothing with other events. */
export function toPayload(call: Call, start: EventTime): Record<string, unknown> {
  const { caller } = call;
  const payload: Record<string, unknown> = {
    id: call.id,
    time: formatTime(start + Math.floor(call.at)),
    source: caller.source,
    identity: identityOf(call),
    flow: flowOf(call),
    model: modelOf(call),
    usage: usageOf(call),
    outcome: outcomeOf(call),
    network: { ...caller.network },
  };
  if (caller.attribution || call.customer !== null) {
    const attribution: Record<string, unknown> = { ...caller.attribution };
    if (call.customer !== null) attribution["customer"] = call.customer;
    payload["attribution"] = attribution;
  }
  if (call.prompt !== null) payload["content"] = contentOf(call);
  return payload;
}

function identityOf({ caller }: Call): Record<string, unknown> {
  const identity: Record<string, unknown> = {};
  if (caller.isNamed) {
    identity["id"] = caller.identity;
    identity["type"] = caller.type;
  }
  if (caller.credential !== undefined) identity["credential"] = caller.credential;
  return identity;
}

function flowOf(call: Call): Record<string, unknown> {
  const flow: Record<string, unknown> = { trace: call.trace, span: call.span };
  if (call.parent !== null) flow["parent_span"] = call.parent;
  if (call.workflow !== null) flow["workflow"] = call.workflow;
  if (call.session !== null) flow["session"] = call.session;
  if (call.agent !== null) flow["agent"] = call.agent;
  if (call.turn !== null) flow["turn"] = call.turn;
  return flow;
}

function modelOf({ model, operation, outcome }: Call): Record<string, unknown> {
  const { provider, name, tier } = model;
  const told: Record<string, unknown> = { provider, requested: name, operation };
  if (outcome === "ok") told["served"] = name;
  if (tier) told["service_tier"] = tier;
  return told;
}

function usageOf(call: Call): Record<string, unknown> {
  const usage: Record<string, unknown> = {
    kind: call.operation === "embeddings" ? "retrieval" : "inference",
    input_tokens: Math.round(call.input),
    output_tokens: Math.round(call.output),
  };
  if (call.cached > 0) usage["cached_input_tokens"] = Math.round(call.cached);
  if (call.written > 0) usage["cache_write_tokens"] = Math.round(call.written);
  if (call.tools > 0) usage["tool_calls"] = call.tools;
  if (call.retries > 0) usage["retries"] = call.retries;
  return usage;
}

function outcomeOf({ outcome, errorClass, latency }: Call): Record<string, unknown> {
  const reason = errorClass ?? ERROR_CLASS[outcome];
  const told: Record<string, unknown> = { status: outcome };
  told["http_status"] = errorClass === "validation" ? 400 : HTTP[outcome];
  if (reason) told["error_class"] = reason;
  told["latency_ms"] = Math.round(latency);
  return told;
}

function contentOf({ prompt, result, outcome }: Call): Record<string, unknown> {
  const content: Record<string, unknown> = { prompt_digest: prompt };
  if (outcome === "ok" && result !== null) content["result_digest"] = result;
  content["digest_scope"] = "new_content";
  return content;
}

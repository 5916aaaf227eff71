import type { Call } from "./calls.ts";
import type { Writer } from "./writers.ts";

/** Attributes as OTLP in JSON writes them: numbers of 64 bits as texts; what is absent is left out. */
export function attributes(values: Readonly<Record<string, unknown>>): object[] {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: unknown): object {
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "number") {
    return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
  return { stringValue: String(value) };
}

/** Nanoseconds since the epoch. */
export function nanos(time: string, plusMillis = 0): string {
  return `${Date.parse(time) + plusMillis}000000`;
}

const resource = (call: Call) => ({
  attributes: attributes({
    "service.name": call.service,
    "deployment.environment.name": call.environment,
    "team.id": call.team,
    "telemetry.sdk.language": "nodejs",
  }),
});

const text = (role: string, content: string) => ({ role, parts: [{ type: "text", content }] });

const ERROR_TYPES = {
  upstream: "InternalServerError",
  rate_limited: "RateLimitError",
  access_denied: "PermissionDeniedError",
} as const;

/** As instrumentations of the newest conventions write it. */
export const otlpSpan: Writer = {
  format: "otlp",
  table: "span",
  write: (call) => ({
    resourceSpans: [
      {
        resource: resource(call),
        scopeSpans: [
          {
            scope: { name: "opentelemetry.instrumentation.openai_v2" },
            spans: [
              {
                traceId: call.trace,
                spanId: call.span,
                parentSpanId: call.parent_span,
                name: `chat ${call.model}`,
                kind: 3,
                startTimeUnixNano: nanos(call.time),
                endTimeUnixNano: nanos(call.time, call.latency_ms),
                attributes: attributes({
                  "gen_ai.usage.input_tokens": call.input_tokens,
                  "gen_ai.operation.name": "chat",
                  "gen_ai.provider.name": call.provider,
                  "gen_ai.request.model": call.model,
                  "gen_ai.response.model": call.model,
                  "gen_ai.response.id": call.provider_request_id,
                  "gen_ai.response.finish_reasons": ["stop"],
                  "gen_ai.response.time_to_first_chunk": call.ttft_ms / 1_000,
                  "gen_ai.usage.output_tokens": call.output_tokens,
                  "gen_ai.usage.cache_read.input_tokens": call.cached_input_tokens,
                  "gen_ai.usage.cache_write.input_tokens": call.cache_write_tokens,
                  "gen_ai.usage.reasoning.output_tokens": call.reasoning_tokens,
                  "gen_ai.usage.cost": Number(call.cost),
                  "gen_ai.agent.name": call.agent,
                  "gen_ai.workflow.name": call.workflow,
                  "gen_ai.conversation.id": call.session,
                  "tenant.id": call.tenant,
                  "client.address": call.ip,
                  "user_agent.original": call.user_agent,
                  "http.response.status_code": call.http_status,
                  "error.type": call.error_class && ERROR_TYPES[call.error_class],
                  "gen_ai.input.messages": JSON.stringify([
                    text("system", "You are helpful."),
                    text("user", call.prompt),
                  ]),
                  "gen_ai.output.messages": JSON.stringify([text("assistant", call.answer)]),
                }),
                status: call.error_class ? { code: 2, message: "failed" } : {},
              },
            ],
          },
        ],
      },
    ],
  }),
  otherwise: { "identity.id": (call) => call.agent },
  typed: [
    "resourceSpans[0].scopeSpans[0].spans[0].traceId",
    "resourceSpans[0].scopeSpans[0].spans[0].parentSpanId",
    "resourceSpans[0].scopeSpans[0].spans[0].startTimeUnixNano",
    "resourceSpans[0].scopeSpans[0].spans[0].attributes",
    "resourceSpans[0].scopeSpans[0].spans[0].attributes[0].value.intValue",
    "resourceSpans[0].scopeSpans[0].spans[0].attributes[3].value.stringValue",
    "resourceSpans[0].resource.attributes[0].value.stringValue",
  ],
};

/** As Claude Code writes it: every figure a text, the record's time the end of the call. */
export const codingAgentLog: Writer = {
  format: "otlp",
  table: "coding agent log",
  write: (call) => {
    const end = nanos(call.time, call.latency_ms);
    return {
      resourceLogs: [
        {
          resource: resource(call),
          scopeLogs: [
            {
              scope: { name: "com.anthropic.claude_code.events" },
              logRecords: [
                {
                  timeUnixNano: end,
                  observedTimeUnixNano: end,
                  body: {
                    stringValue: `claude_code.${call.error_class ? "api_error" : "api_request"}`,
                  },
                  attributes: attributes({
                    "event.name": call.error_class ? "api_error" : "api_request",
                    "event.sequence": call.n,
                    "session.id": call.session,
                    "prompt.id": call.workflow,
                    query_source: call.agent,
                    "organization.id": call.tenant,
                    "user.account_uuid": call.identity,
                    "user.email": call.owner,
                    model: call.model,
                    input_tokens: String(exclusive(call)),
                    output_tokens: String(call.output_tokens),
                    cache_read_tokens: String(call.cached_input_tokens),
                    cache_creation_tokens: String(call.cache_write_tokens),
                    cost_usd: call.cost,
                    duration_ms: String(call.latency_ms),
                    status_code: call.error_class && String(call.http_status),
                    request_id: call.provider_request_id,
                  }),
                  traceId: call.trace,
                  spanId: "",
                },
              ],
            },
          ],
        },
      ],
    };
  },
  otherwise: {
    "model.provider": () => "anthropic",
    "outcome.http_status": (call) => (call.error_class ? call.http_status : undefined),
  },
  typed: [
    "resourceLogs[0].scopeLogs[0].logRecords[0].timeUnixNano",
    "resourceLogs[0].scopeLogs[0].logRecords[0].traceId",
    "resourceLogs[0].scopeLogs[0].logRecords[0].attributes[9].value.stringValue",
    "resourceLogs[0].scopeLogs[0].logRecords[0].attributes",
  ],
};

const exclusive = (call: Call): number =>
  call.input_tokens - call.cached_input_tokens - call.cache_write_tokens;

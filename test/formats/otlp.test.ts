import { describe, expect, it } from "vitest";
import type { UsageEvent } from "#core/event.ts";
import { mapPayload } from "#core/formats/map-payload.ts";
import { otlp } from "#core/formats/otlp.ts";
import { createDigest } from "#core/privacy.ts";
import { redactRecord } from "#core/quarantine.ts";
import { readPayload, type Refused } from "#services/ingest/read-payload.ts";
import { loadSite, NO_SITE_FILES } from "#services/site.ts";
import { attributes, nanos } from "./write-otlp.ts";

const DIGEST = createDigest("otlp");
const ORIGIN = { source: "test", tenants: null, digest: DIGEST };
const SITE = await loadSite(NO_SITE_FILES);
const TIME = "2026-10-05T08:00:00.123Z";
const TRACE = "0af7651916cd43dd8448eb211c80319c";
const CHAT = { "gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o" };

interface Reading {
  events: UsageEvent[];
  refused: Refused[];
}

function read(payload: unknown): Reading {
  const reading: Reading = { events: [], refused: [] };
  readPayload(payload, otlp, ORIGIN, SITE, (result) => {
    if ("problem" in result) reading.refused.push(result);
    else reading.events.push(result.event);
  });
  return reading;
}

const spanId = (n: number): string => n.toString(16).padStart(16, "0");

function span(n: number, values: Record<string, unknown>, more: object = {}): object {
  return {
    traceId: TRACE,
    spanId: spanId(n),
    name: "a span",
    startTimeUnixNano: nanos(TIME),
    endTimeUnixNano: nanos(TIME, 250),
    attributes: attributes(values),
    ...more,
  };
}

function traces(...spans: object[]): object {
  return { resourceSpans: [{ scopeSpans: [{ spans }] }] };
}

function logs(values: Record<string, unknown>, more: object = {}): object {
  const record = { timeUnixNano: nanos(TIME), attributes: attributes(values), ...more };
  const resource = { attributes: attributes({ "service.name": "claude-code" }) };
  return { resourceLogs: [{ resource, scopeLogs: [{ logRecords: [record] }] }] };
}

function one(payload: object): UsageEvent {
  const { events, refused } = read(payload);
  expect(refused).toEqual([]);
  expect(events).toHaveLength(1);
  return events[0]!;
}

const uncached = ({ usage = {} }: UsageEvent): number =>
  (usage.input_tokens ?? 0) - (usage.cached_input_tokens ?? 0) - (usage.cache_write_tokens ?? 0);

describe("conventions old and new", () => {
  const counts = (more: object) => ({ output_tokens: 310, cached_input_tokens: 3_600, ...more });
  it.each<[string, Record<string, unknown>, object]>([
    [
      "the newest",
      {
        ...CHAT,
        "gen_ai.usage.input_tokens": 4_200,
        "gen_ai.usage.output_tokens": 310,
        "gen_ai.usage.cache_read.input_tokens": 3_600,
        "gen_ai.usage.cache_write.input_tokens": 400,
      },
      counts({ input_tokens: 4_200, cache_write_tokens: 400 }),
    ],
    [
      "those before, which say prompt and completion",
      {
        "gen_ai.system": "openai",
        "gen_ai.request.model": "gpt-4o",
        "llm.request.type": "chat",
        "gen_ai.usage.prompt_tokens": 4_200,
        "gen_ai.usage.completion_tokens": 310,
        "gen_ai.usage.cache_read_input_tokens": 3_600,
        "gen_ai.usage.cache_creation_input_tokens": 400,
      },
      counts({ input_tokens: 4_200, cache_write_tokens: 400 }),
    ],
    [
      "OpenInference",
      {
        "openinference.span.kind": "LLM",
        "llm.model_name": "gpt-4o",
        "llm.token_count.prompt": 4_200,
        "llm.token_count.completion": 310,
        "llm.token_count.prompt_details.cache_read": 3_600,
        "llm.token_count.prompt_details.cache_write": 400,
      },
      counts({ input_tokens: 4_200, cache_write_tokens: 400 }),
    ],
    [
      "the AI SDK",
      {
        "ai.operationId": "ai.generateText.doGenerate",
        "ai.model.id": "gpt-4o",
        "ai.usage.promptTokens": 4_200,
        "ai.usage.completionTokens": 310,
        "ai.usage.cachedInputTokens": 3_600,
      },
      counts({ input_tokens: 4_200 }),
    ],
  ])("tell the same call: %s", (_, values, usage) => {
    const event = one(traces(span(1, values)));
    expect(event).toMatchObject({ usage, model: { requested: "gpt-4o", operation: "chat" } });
  });

  it("prefer the newer name where a span carries both", () => {
    const both = {
      ...CHAT,
      "gen_ai.usage.prompt_tokens": 7,
      "gen_ai.usage.input_tokens": 11,
      "gen_ai.system": "old",
      "gen_ai.provider.name": "openai",
    };
    const event = one(traces(span(1, both)));
    expect([event.usage?.input_tokens, event.model?.provider]).toEqual([11, "openai"]);
  });
});

describe("what input tokens mean", () => {
  const numbers = { output: 310, read: 3_600, write: 400 };

  it("holds the cached ones in spans", () => {
    const event = one(
      traces(
        span(1, {
          ...CHAT,
          "gen_ai.usage.input_tokens": 4_200,
          "gen_ai.usage.output_tokens": numbers.output,
          "gen_ai.usage.cache_read.input_tokens": numbers.read,
          "gen_ai.usage.cache_write.input_tokens": numbers.write,
        }),
      ),
    );
    expect([event.usage?.input_tokens, uncached(event)]).toEqual([4_200, 200]);
  });

  it("does not hold them in the coding agent's log", () => {
    const event = one(
      logs({
        "event.name": "api_request",
        model: "claude-sonnet-4-5",
        input_tokens: "4200",
        output_tokens: String(numbers.output),
        cache_read_tokens: String(numbers.read),
        cache_creation_tokens: String(numbers.write),
      }),
    );
    expect([event.usage?.input_tokens, uncached(event)]).toEqual([8_200, 4_200]);
  });

  it("does not hold them in spans whose numbers prove it", () => {
    const event = one(
      traces(
        span(1, {
          ...CHAT,
          "gen_ai.usage.input_tokens": 100,
          "gen_ai.usage.cache_read.input_tokens": 3_600,
        }),
      ),
    );
    expect([event.usage?.input_tokens, uncached(event)]).toEqual([3_700, 100]);
  });
});

describe("which spans count", () => {
  const tokens = { "gen_ai.usage.input_tokens": 10, "gen_ai.usage.output_tokens": 5 };
  it.each<[string, Record<string, unknown>]>([
    ["an agent", { ...tokens, "gen_ai.operation.name": "invoke_agent" }],
    ["a workflow", { ...tokens, "gen_ai.operation.name": "invoke_workflow" }],
    ["an agent that asks for a model", { ...CHAT, "gen_ai.operation.name": "create_agent" }],
    ["a plan", { ...tokens, "gen_ai.operation.name": "plan" }],
    ["the AI SDK's parent", { "ai.operationId": "ai.generateText", "ai.usage.promptTokens": 10 }],
    ["OpenInference's chain", { "openinference.span.kind": "CHAIN", "llm.token_count.prompt": 1 }],
    ["an HTTP request", { "http.request.method": "POST" }],
    ["a span without attributes", {}],
  ])("passes %s over in silence", (_, values) => {
    expect(read(traces(span(1, values)))).toEqual({ events: [], refused: [] });
  });

  it("counts a tool as one tool call without tokens, though its span repeats some", () => {
    const event = one(traces(span(1, { ...tokens, "gen_ai.operation.name": "execute_tool" })));
    expect(event.usage).toEqual({ input_tokens: 0, output_tokens: 0, tool_calls: 1 });
    expect(event.quality).not.toContain("cost.unpriced");
  });

  it.each([
    ["embeddings", { "openinference.span.kind": "EMBEDDING", "embedding.model_name": "m" }],
    ["embeddings", { "ai.operationId": "ai.embedMany.doEmbed", "ai.usage.tokens": 3 }],
    ["execute_tool", { "ai.operationId": "ai.toolCall" }],
    ["rerank", { "gen_ai.operation.name": "rerank", "gen_ai.request.model": "m" }],
    [undefined, { "gen_ai.request.model": "m" }],
  ])("counts %s", (operation, values) => {
    expect(one(traces(span(1, values))).model?.operation).toBe(operation);
  });
});

describe("lineage", () => {
  const around = { "gen_ai.operation.name": "invoke_agent" };
  const tool = { "gen_ai.operation.name": "execute_tool" };
  const below = (n: number) => ({ parentSpanId: spanId(n) });
  const parentOf = (payload: object, id: number): string | undefined =>
    read(payload).events.find(({ flow }) => flow?.span === spanId(id))?.flow?.parent_span;

  it("leads to the nearest call above, past what is around it, though children come first", () => {
    const payload = traces(
      span(4, CHAT, below(3)),
      span(3, around, below(2)),
      span(2, {}, below(1)),
      span(1, tool),
    );
    expect(parentOf(payload, 4)).toBe(spanId(1));
  });

  it("leads across the resources of one request", () => {
    const payload = {
      resourceSpans: [traces(span(2, CHAT, below(1))), traces(span(1, tool))].flatMap(
        (each) => (each as { resourceSpans: object[] }).resourceSpans,
      ),
    };
    expect(parentOf(payload, 2)).toBe(spanId(1));
  });

  it.each([
    ["is in another request", [span(2, CHAT, below(1))]],
    ["has no call above it", [span(2, CHAT, below(1)), span(1, around)]],
    [
      "stands in a ring",
      [span(2, CHAT, below(1)), span(1, around, below(3)), span(3, {}, below(1))],
    ],
  ])("keeps the parent that %s", (_, spans) => {
    expect(parentOf(traces(...spans), 2)).toBe(spanId(1));
  });

  it("has none at the root", () => {
    expect(one(traces(span(1, CHAT, { parentSpanId: "" }))).flow?.parent_span).toBeUndefined();
  });
});

describe("ids", () => {
  const bytes = [...Buffer.from(TRACE, "hex")];
  it.each([
    ["hex", TRACE, spanId(7)],
    ["hex in capitals", TRACE.toUpperCase(), spanId(7)],
    ["base64", Buffer.from(bytes).toString("base64"), "AAAAAAAAAAc="],
    ["lists of bytes", bytes, [0, 0, 0, 0, 0, 0, 0, 7]],
  ])("are read as %s", (_, traceId, id) => {
    const event = one(traces(span(7, CHAT, { traceId, spanId: id })));
    expect(event.flow).toMatchObject({ trace: TRACE, span: spanId(7) });
    expect(event.id).toBe(`${TRACE}:${spanId(7)}`);
  });

  it.each([
    ["traceId", "xyz"],
    ["traceId", spanId(1)],
    ["spanId", TRACE],
    ["spanId", [1, 2, 3]],
    ["spanId", [0, 0, 0, 0, 0, 0, 0, 256]],
    ["parentSpanId", 5],
  ])("that are none are refused: %s %j", (name, id) => {
    const [problem] = read(traces(span(1, CHAT, { [name]: id }))).refused;
    expect(problem?.problem).toMatchObject({
      code: "MH_EVENT_WRONG_TYPE",
      path: `resourceSpans[0].scopeSpans[0].spans[0].${name}`,
    });
  });

  it.each([
    ["traceId", undefined],
    ["traceId", "0".repeat(32)],
    ["spanId", ""],
  ])("that are missing are named: %s %j", (name, id) => {
    const [problem] = read(traces(span(1, CHAT, { [name]: id }))).refused;
    expect(problem?.problem).toMatchObject({
      code: "MH_EVENT_MISSING_FIELD",
      path: `resourceSpans[0].scopeSpans[0].spans[0].${name}`,
    });
  });
});

describe("times", () => {
  it.each([
    ["a text", nanos(TIME)],
    ["a number", Number(nanos(TIME))],
  ])("keep their millisecond as %s", (_, start) => {
    expect(one(traces(span(1, CHAT, { startTimeUnixNano: start }))).time).toBe(TIME);
  });

  it("must be there", () => {
    const [problem] = read(traces(span(1, CHAT, { startTimeUnixNano: "0" }))).refused;
    expect(problem?.problem.code).toBe("MH_EVENT_MISSING_FIELD");
  });

  it("of a call that ended before it began leave its length unknown", () => {
    const event = one(traces(span(1, CHAT, { endTimeUnixNano: nanos(TIME, -5) })));
    expect(event.outcome?.latency_ms).toBeUndefined();
  });
});

describe("who called", () => {
  const resource = (values: Record<string, unknown>) => ({ attributes: attributes(values) });
  const from = (values: Record<string, unknown>, own: Record<string, unknown> = {}): UsageEvent =>
    one({
      resourceSpans: [
        { resource: resource(values), scopeSpans: [{ spans: [span(1, { ...CHAT, ...own })] }] },
      ],
    });

  it.each([
    ["agent", "planner", { "gen_ai.agent.name": "planner", "user.id": "u-1" }],
    ["user", "u-1", { "enduser.id": "u-1" }],
    ["workload", "search", {}],
  ])("is the %s", (type, id, own) => {
    expect(from({ "service.name": "search" }, own).identity).toEqual({ id, type });
  });

  it("is unknown where the SDK made the name of the service up", () => {
    const event = from({ "service.name": "unknown_service:node" });
    expect(event.identity?.id).toBeUndefined();
    expect(event.attribution?.service).toBeUndefined();
    expect(event.quality).toContain("identity.missing");
  });

  it("works in an environment of the known ones, or in one that is not told", () => {
    expect(from({ "deployment.environment": "prod" }).attribution?.environment).toBe("production");
    expect(from({ "deployment.environment": "blue" }).attribution?.environment).toBeUndefined();
  });

  it("is asked of the span before the resource", () => {
    const event = from({ "user.id": "of the resource" }, { "user.id": "of the span" });
    expect(event.identity?.id).toBe("of the span");
  });
});

describe("outcomes of spans", () => {
  it.each<[object, Record<string, unknown>, object?]>([
    [{ status: "ok" }, {}],
    [{ status: "error", error_class: "unknown" }, {}, { status: { code: 2 } }],
    [{ status: "error", error_class: "unknown" }, {}, { status: { code: "STATUS_CODE_ERROR" } }],
    [
      { status: "throttled", error_class: "rate_limited", http_status: 429 },
      { "error.type": "429" },
    ],
    [{ status: "error", error_class: "timeout" }, { "error.type": "openai.APITimeoutError" }],
    [{ status: "cancelled" }, { "error.type": "asyncio.CancelledError" }],
    [
      { status: "denied", error_class: "auth", http_status: 401 },
      { "http.response.status_code": 401 },
    ],
    [
      { status: "blocked", error_class: "content_policy" },
      { "gen_ai.response.finish_reasons": ["content_filter"] },
    ],
  ])("%j", (outcome, values, more = {}) => {
    const told = one(traces(span(1, { ...CHAT, ...values }, more))).outcome;
    expect(told).toEqual({ latency_ms: 250, ...outcome });
  });
});

describe("costs", () => {
  it.each([
    ["0.25", { "gen_ai.usage.cost": 0.25 }],
    ["0.000225", { "llm.cost.total": 0.00022500000000000002 }],
    ["0.5", { "langfuse.observation.cost_details": '{"input":0.2,"total":0.5}' }],
  ])("that a vendor tells are reported: %s", (amount, values) => {
    const { cost } = one(traces(span(1, { ...CHAT, "gen_ai.usage.input_tokens": 5, ...values })));
    expect(cost).toEqual({ amount, currency: "USD", basis: "reported" });
  });
});

describe("the coding agent's log", () => {
  const call = { model: "claude-sonnet-4-5", "session.id": "s-1", "event.sequence": 4 };

  it.each<[string, Record<string, unknown>, object]>([
    ["the attribute", { "event.name": "api_request" }, {}],
    ["the body", {}, { body: { stringValue: "claude_code.api_request" } }],
    ["the event name", {}, { eventName: "claude_code.api_request" }],
  ])("is known by %s", (_, values, more) => {
    expect(one(logs({ ...call, ...values }, more))).toMatchObject({
      id: `s-1:4:${Date.parse(TIME)}`,
      flow: { session: "s-1" },
      model: { provider: "anthropic", operation: "chat" },
    });
  });

  it("estimates its cost, and says so", () => {
    const event = one(
      logs({ ...call, "event.name": "api_request", input_tokens: "5", cost_usd_micros: "1250" }),
    );
    expect(event.cost).toEqual({ amount: "0.00125", currency: "USD", basis: "estimated" });
    expect(event.quality).toEqual(
      expect.arrayContaining(["cost.estimated", "lineage.session_only", "net.missing"]),
    );
  });

  it("begins a call its length before the record", () => {
    const event = one(logs({ ...call, "event.name": "api_request", duration_ms: "1123" }));
    expect([event.time, event.outcome?.latency_ms]).toEqual(["2026-10-05T07:59:59.000Z", 1_123]);
  });

  it.each<[string, Record<string, unknown>, object]>([
    [
      "api_error",
      { status_code: "529", attempt: "3", error: "Overloaded" },
      {
        outcome: { status: "error", error_class: "upstream", http_status: 529 },
        usage: { retries: 2 },
      },
    ],
    [
      "api_error",
      { error: "Request timed out." },
      { outcome: { status: "error", error_class: "timeout" } },
    ],
    ["api_refusal", {}, { outcome: { status: "blocked", error_class: "content_policy" } }],
    [
      "tool_result",
      { tool_name: "Bash", success: "true" },
      {
        model: { operation: "execute_tool" },
        usage: { tool_calls: 1, input_tokens: 0 },
        outcome: { status: "ok" },
      },
    ],
    ["tool_result", { tool_name: "Bash", success: "false" }, { outcome: { status: "error" } }],
    ["tool_decision", { decision: "reject" }, { outcome: { status: "denied" } }],
    [
      "permission_mode_changed",
      { to_mode: "bypassPermissions" },
      { type: "audit", audit: { action: "permission.changed", target: "bypassPermissions" } },
    ],
    [
      "auth",
      { action: "login", success: "false" },
      { type: "audit", audit: { action: "auth.login", outcome: "failure" } },
    ],
    [
      "mcp_server_connection",
      { status: "connected", server_name: "github" },
      { type: "audit", audit: { action: "mcp_server_connection.connected", target: "github" } },
    ],
    [
      "plugin_installed",
      { "plugin.name": "lint" },
      { type: "audit", audit: { action: "plugin.installed", target: "lint" } },
    ],
  ])("tells of %s", (name, values, expected) => {
    expect(one(logs({ ...call, "event.name": name, ...values }))).toMatchObject(expected);
  });

  it.each([
    [
      "an accepted tool, which its result tells",
      { "event.name": "tool_decision", decision: "accept" },
    ],
    ["a prompt", { "event.name": "user_prompt", prompt: "secret words" }],
    ["another agent's", { "event.name": "codex.api_request", "service.name": "codex" }],
    ["any other log", { message: "hello" }],
  ])("passes %s over in silence", (_, values) => {
    expect(read(logs(values))).toEqual({ events: [], refused: [] });
  });

  it("does not take another service's events of the same name", () => {
    const values = { ...call, "event.name": "auth", "service.name": "shop" };
    expect(read(logs(values))).toEqual({ events: [], refused: [] });
  });
});

describe("bad exports", () => {
  it.each<[string, unknown]>([
    ["resourceSpans", { resourceSpans: "many" }],
    ["resourceSpans[0]", { resourceSpans: [7] }],
    ["resourceSpans[0].scopeSpans", { resourceSpans: [{ scopeSpans: {} }] }],
    ["resourceSpans[0].scopeSpans[0].spans", { resourceSpans: [{ scopeSpans: [{ spans: 1 }] }] }],
    [
      "resourceLogs[0].scopeLogs[0].logRecords[0]",
      { resourceLogs: [{ scopeLogs: [{ logRecords: [1] }] }] },
    ],
  ])("are refused at their place: %s", (path, payload) => {
    const { events, refused } = read(payload);
    expect(events).toEqual([]);
    expect(refused.map(({ problem }) => problem.path)).toEqual([path]);
  });

  it("lose only the spans of a resource that cannot be read, each by its place", () => {
    const bad = {
      resource: { attributes: [{ key: "a", value: { intValue: [] } }] },
      scopeSpans: [{ spans: [span(1, CHAT), span(2, CHAT)] }],
    };
    const good = { scopeSpans: [{ spans: [span(3, CHAT)] }] };
    const { events, refused } = read({ resourceSpans: [bad, good] });
    expect(events).toHaveLength(1);
    expect(refused.map(({ problem }) => problem.path)).toEqual([
      "resourceSpans[0].scopeSpans[0].spans[0].resource.attributes[0].value.intValue",
      "resourceSpans[0].scopeSpans[0].spans[1].resource.attributes[0].value.intValue",
    ]);
  });

  it("give nothing of what was said to quarantine", () => {
    const said = { "gen_ai.input.messages": "short words", "gen_ai.usage.input_tokens": "many" };
    const { refused } = read(traces(span(1, { ...CHAT, ...said })));
    expect(refused).toHaveLength(1);
    expect(redactRecord(refused[0]!.record, DIGEST)).not.toContain("short words");
  });

  it("survive values nested beyond all reason", () => {
    let value: object = { stringValue: "deep" };
    for (let n = 0; n < 20_000; n++) value = { arrayValue: { values: [value] } };
    const deep = span(1, CHAT, { attributes: [...attributes(CHAT), { key: "deep", value }] });
    expect(one(traces(deep)).model?.operation).toBe("chat");
  });

  it("make no property of JavaScript's own out of a name", () => {
    const names = { ...CHAT, __proto__x: 1 };
    const list = [...attributes(names), { key: "__proto__", value: { stringValue: "x" } }];
    const mapped = [...mapPayload(otlp, traces(span(1, {}, { attributes: list })), DIGEST)];
    expect(mapped).toHaveLength(1);
    expect(({} as Record<string, unknown>)["x"]).toBeUndefined();
  });
});

import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Tracer } from "@opentelemetry/api";
import { OTLPTraceExporter as JsonExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtobufExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { UsageEvent } from "#core/event.ts";
import { startTestService, storedEvents, type TestService } from "#test/support/service.ts";

const TOKEN = "o".repeat(20);

/** An agent that asks a model, calls a tool, within which another model is asked, and fails once. */
function work(tracer: Tracer): void {
  const agent = tracer.startSpan("invoke_agent", {
    attributes: { "gen_ai.operation.name": "invoke_agent", "gen_ai.usage.input_tokens": 9_999 },
  });
  const inAgent = trace.setSpan(ROOT_CONTEXT, agent);
  const chat = tracer.startSpan(
    "chat gpt-4o",
    {
      kind: SpanKind.CLIENT,
      attributes: {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4o",
        "gen_ai.response.model": "gpt-4o-2024-08-06",
        "gen_ai.usage.input_tokens": 1_000,
        "gen_ai.usage.output_tokens": 100,
        "gen_ai.input.messages": JSON.stringify([
          { role: "user", parts: [{ type: "text", content: "interop question" }] },
        ]),
      },
    },
    inAgent,
  );
  chat.end();
  const tool = tracer.startSpan(
    "execute_tool",
    { attributes: { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "search" } },
    inAgent,
  );
  const http = tracer.startSpan("POST", { kind: SpanKind.CLIENT }, trace.setSpan(inAgent, tool));
  const inner = tracer.startSpan(
    "embeddings",
    {
      attributes: {
        "gen_ai.operation.name": "embeddings",
        "gen_ai.system": "openai",
        "gen_ai.request.model": "text-embedding-3-small",
        "gen_ai.usage.input_tokens": 500,
      },
    },
    trace.setSpan(inAgent, http),
  );
  inner.end();
  http.end();
  tool.end();
  const failed = tracer.startSpan(
    "chat gpt-4o",
    {
      attributes: {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "gpt-4o",
        "error.type": "RateLimitError",
      },
    },
    inAgent,
  );
  failed.setStatus({ code: SpanStatusCode.ERROR });
  failed.end();
  agent.end();
}

describe.each([
  ["protobuf", ProtobufExporter],
  ["JSON", JsonExporter],
])("a real OpenTelemetry SDK that exports %s", (kind, Exporter) => {
  let running: TestService;
  let events: UsageEvent[];

  beforeAll(async () => {
    running = await startTestService({
      tokens: [{ name: "otel", token: TOKEN, roles: ["ingest"], tenants: ["acme"] }],
    });
    const exporter = new Exporter({
      url: `${running.service.address}/v1/traces`,
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    const provider = new BasicTracerProvider({
      resource: resourceFromAttributes({
        "service.name": `search-${kind}`,
        "deployment.environment.name": "production",
        "team.id": "discovery",
      }),
      spanProcessors: [new BatchSpanProcessor(exporter)],
    });
    work(provider.getTracer("interop"));
    await provider.shutdown();
    events = [...(await storedEvents(running)).values()];
  });
  afterAll(() => running.stop());

  const called = (operation: string, status = "ok"): UsageEvent => {
    const found = events.filter(
      ({ model, outcome }) => model?.operation === operation && outcome?.status === status,
    );
    expect(found).toHaveLength(1);
    return found[0]!;
  };

  it("has its calls land, and not what is around them", async () => {
    expect(events).toHaveLength(4);
    await running.folded(4);
  });

  it("has them attributed to its service, team and environment", () => {
    for (const event of events) {
      expect(event).toMatchObject({
        tenant: "acme",
        source: "otel",
        identity: { id: `search-${kind}`, type: "workload" },
        attribution: {
          service: `search-${kind}`,
          team: "discovery",
          environment: "production",
        },
      });
    }
  });

  it("has its tokens counted and priced", () => {
    expect(called("chat")).toMatchObject({
      usage: { input_tokens: 1_000, output_tokens: 100 },
      cost: { basis: "priced" },
      model: { requested: "gpt-4o", served: "gpt-4o-2024-08-06" },
    });
    expect(called("embeddings").cost).toMatchObject({ basis: "priced" });
  });

  it("has the calls below a tool placed below it, past the spans between them", () => {
    const tool = called("execute_tool");
    expect(tool.usage).toMatchObject({ tool_calls: 1, input_tokens: 0 });
    expect(called("embeddings").flow).toMatchObject({
      trace: tool.flow?.trace,
      parent_span: tool.flow?.span,
    });
  });

  it("has its failure kept", () => {
    expect(called("chat", "throttled").outcome).toMatchObject({ error_class: "rate_limited" });
  });

  it("leaves no word of what was said in the log", () => {
    expect(JSON.stringify(events)).not.toContain("interop question");
    expect(called("chat").content?.prompt_digest).toMatch(/^digest:/);
  });
});

import { describe, expect, it } from "vitest";
import { kong } from "#core/formats/kong.ts";
import { eventsOf } from "./read.ts";

const ENTRY = {
  source: "upstream",
  started_at: 1_787_113_201_719,
  client_ip: "198.51.100.7",
  latencies: { request: 900, kong: 4, proxy: 890 },
  workspace_name: "default",
  consumer: { username: "checkout", id: "c-1" },
  request: { id: "r-1", uri: "/v1/chat/completions", headers: { "user-agent": "curl/8.5.0" } },
  response: { status: 200 },
};

function block(provider: string, usage: object, rest: object = {}): object {
  return { meta: { provider_name: provider, request_model: "m" }, usage, ...rest };
}

function one(ai: object | undefined, rest: object = {}) {
  const events = eventsOf({ ...ENTRY, ...rest, ...(ai && { ai }) }, kong);
  expect(events).toHaveLength(1);
  return events[0]!;
}

const CACHED = {
  prompt_tokens: 4_200,
  completion_tokens: 310,
  prompt_tokens_details: { cached_tokens: 3_600 },
};

describe("the tokens of a Kong log entry", () => {
  it.each(["proxy", "ai-proxy", "ai-proxy-advanced", "ai-request-transformer"])(
    "are found under `ai.%s`",
    (name) => {
      const { usage, model } = one({ [name]: block("openai", CACHED) });
      expect(usage).toEqual({
        input_tokens: 4_200,
        output_tokens: 310,
        cached_input_tokens: 3_600,
      });
      expect(model).toMatchObject({ provider: "openai", requested: "m", operation: "chat" });
    },
  );

  it("may have the old singular names", () => {
    const { usage } = one({
      "ai-proxy": block("openai", { prompt_token: 28, completion_token: 20 }),
    });
    expect(usage).toEqual({ input_tokens: 28, output_tokens: 20 });
  });

  it("are summed with the cost over several plugins, and the one that answered names the model", () => {
    const { usage, cost, model } = one({
      "ai-request-transformer": block("cohere", {
        prompt_token: 28,
        completion_token: 20,
        cost: 0.1,
      }),
      "ai-proxy": block("azure", { prompt_token: 89, completion_token: 56, cost: 0.2 }),
    });
    expect(usage).toEqual({ input_tokens: 117, output_tokens: 76 });
    expect(cost).toEqual({ amount: "0.3", currency: "USD", basis: "reported" });
    expect(model?.provider).toBe("azure");
  });

  it.each([
    // provider, usage, input tokens, the codes on tokens
    ["openai", CACHED, 4_200, []],
    ["azure", CACHED, 4_200, []],
    ["gemini", CACHED, 4_200, []],
    ["anthropic", CACHED, 4_200, ["tok.semantics_inferred"]],
    ["anthropic", { ...CACHED, prompt_tokens: 600 }, 4_200, []],
    ["anthropic", { prompt_tokens: 200, completion_tokens: 310 }, 200, ["tok.cache_unknown"]],
    ["bedrock", { prompt_tokens: 200, completion_tokens: 310 }, 200, ["tok.cache_unknown"]],
    ["openai", { completion_tokens: 3 }, undefined, ["tok.missing"]],
  ] as const)("of %s %j hold %s tokens of input", (provider, usage, input, codes) => {
    const event = one({ proxy: block(provider, usage) });
    expect(event.usage?.input_tokens).toBe(input);
    expect(event.quality?.filter((code) => code.startsWith("tok."))).toEqual(codes);
  });

  it("have no price where the gateway says 0", () => {
    const { cost, quality } = one({ proxy: block("openai", { ...CACHED, cost: 0 }) });
    expect(cost?.basis).toBe("unpriced");
    expect(quality).toContain("cost.unpriced");
  });
});

describe("the outcome of a Kong log entry", () => {
  const USED = { prompt_tokens: 5, completion_tokens: 2, cost: 0.001 };

  it("is a hit where the semantic cache answered, which costs nothing", () => {
    const hit = one({ proxy: block("openai", USED, { cache: { cache_status: "Hit" } }) });
    expect(hit.outcome?.status).toBe("cache_hit");
    expect(hit.cost).toMatchObject({ amount: "0", basis: "reported" });
  });

  it("names the guardrail that blocked", () => {
    const guard = { "lakera-guard": { input_block_reason: "moderated_content/hate" } };
    const { outcome } = one(
      { proxy: block("openai", {}, guard) },
      { response: { status: 400 }, source: "exit" },
    );
    expect(outcome).toMatchObject({
      status: "blocked",
      error_class: "content_policy",
      policy: "lakera-guard",
    });
  });

  it("is kept where the gateway refused before any plugin saw the call", () => {
    const { outcome, identity } = one(undefined, {
      response: { status: 401 },
      source: "exit",
      consumer: undefined,
    });
    expect(outcome).toEqual({
      http_status: 401,
      status: "denied",
      error_class: "auth",
      policy: "kong",
    });
    expect(identity).toBeUndefined();
  });

  it("is not asked of traffic without AI", () => {
    expect(eventsOf(ENTRY, kong)).toEqual([]);
  });
});

describe("an entry of an MCP session", () => {
  const call = (id: string, tool_name: string, rest: object = {}) => ({
    id,
    method: "tools/call",
    tool_name,
    latency: 6,
    ...rest,
  });

  it("is one tool call per message", () => {
    const rpc = [call("1", "list_orders"), call("2", "get_order", { error: "request timed out" })];
    const events = eventsOf({ ...ENTRY, ai: { mcp: { mcp_session_id: "s-1", rpc } } }, kong);
    expect(events.map(({ id }) => id)).toEqual(["r-1/0", "r-1/1"]);
    expect(events.map(({ model }) => model?.operation)).toEqual(["execute_tool", "execute_tool"]);
    expect(events.map(({ usage }) => usage?.tool_calls)).toEqual([1, 1]);
    expect(events.map(({ flow }) => flow?.session)).toEqual(["s-1", "s-1"]);
    expect(events.map(({ outcome }) => outcome?.status)).toEqual(["ok", "error"]);
    expect(events[1]!.outcome?.error_class).toBe("timeout");
    expect(events[0]!.attribution?.tags?.["tool"]).toBe("list_orders");
  });

  it("tells equal arguments by an equal digest, whatever the message's id", () => {
    const payload = (id: number, q: string) => ({
      payload: { request: JSON.stringify({ id, params: { name: "search", arguments: { q } } }) },
    });
    const rpc = [["a"], ["a"], ["b"]].map(([q], i) => call(String(i), "search", payload(i, q!)));
    const digests = eventsOf({ ...ENTRY, ai: { mcp: { rpc } } }, kong).map(
      ({ content }) => content?.prompt_digest,
    );
    expect(digests[0]).toMatch(/^digest:/);
    expect(digests[1]).toBe(digests[0]);
    expect(digests[2]).not.toBe(digests[0]);
  });

  it("does not take a handshake for a tool call", () => {
    const { model, usage } = one({ mcp: { rpc: [{ method: "initialize", latency: 1 }] } });
    expect(model?.operation).toBe("initialize");
    expect(usage?.tool_calls).toBeUndefined();
  });

  const DENY = {
    primitive_name: "delete_order",
    primitive: "tool",
    consumer: { name: "intern", id: "c-9" },
    action: "deny",
  };

  it.each([
    ["with its message", [call("1", "delete_order", { error: "forbidden" })]],
    ["without a message", []],
  ])("is denied once where the access list says so, %s", (_, rpc) => {
    const { outcome, identity } = one({ mcp: { rpc, audit: [DENY] } }, { consumer: undefined });
    expect(outcome).toMatchObject({
      status: "denied",
      error_class: "access_denied",
      policy: "delete_order",
    });
    expect(identity).toEqual({ id: "intern", type: "service" });
  });

  it("is no refusal where tools are left out of a list", () => {
    const rpc = [{ id: "1", method: "tools/list", latency: 2 }];
    expect(one({ mcp: { rpc, audit: [DENY] } }).outcome?.status).toBe("ok");
  });
});

describe("an entry between agents", () => {
  it.each([
    [{ task_state: "completed" }, { status: "ok" }],
    [{ task_state: "failed" }, { status: "error", error_class: "upstream" }],
    [{ task_state: "canceled" }, { status: "cancelled" }],
    [{ error: "UnauthorizedError" }, { status: "denied", error_class: "auth" }],
  ])("%j is a call of an agent that came to %j", (rest, outcome) => {
    const rpc = [{ id: "1", method: "SendMessage", context_id: "ctx", task_id: "t-1", ...rest }];
    const event = one({ a2a: { rpc } });
    expect(event).toMatchObject({
      id: "r-1/0",
      model: { operation: "invoke_agent" },
      flow: { session: "ctx", workflow: "t-1" },
      outcome,
    });
    expect(event.quality).toContain("lineage.session_only");
  });
});

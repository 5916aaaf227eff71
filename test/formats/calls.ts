import { createRandom } from "#test/support/random.ts";

/** One model call as every format of the tests tells it: plain canonical fields, cache-inclusive tokens. */
export interface Call {
  n: number;
  id: string;
  /** RFC 3339 with milliseconds. */
  time: string;
  latency_ms: number;
  ttft_ms: number;
  tenant: string;
  identity: string;
  credential: string;
  owner: string;
  team: string;
  service: string;
  customer: string;
  environment: string;
  trace: string;
  span: string;
  parent_span: string;
  session: string;
  workflow: string;
  agent: string;
  provider_request_id: string;
  provider: string;
  model: string;
  region: string;
  input_tokens: number;
  output_tokens: number;
  cached_input_tokens: number;
  cache_write_tokens: number;
  reasoning_tokens: number;
  /** Decimal string of at most six decimals, so that no source has to round it. */
  cost: string;
  status: "ok" | "error" | "throttled" | "denied";
  error_class: "upstream" | "rate_limited" | "access_denied" | undefined;
  http_status: number;
  ip: string;
  user_agent: string;
  prompt: string;
  answer: string;
}

const START = Date.parse("2026-10-05T08:00:00Z");
const PROVIDERS = [
  { provider: "openai", model: "gpt-4o" },
  { provider: "anthropic", model: "claude-sonnet-4-5" },
] as const;
const OUTCOMES = [
  { status: "error", error_class: "upstream", http_status: 503 },
  { status: "throttled", error_class: "rate_limited", http_status: 429 },
  { status: "denied", error_class: "access_denied", http_status: 403 },
] as const;

/** Seeded calls: the same ones are written in every format. */
export function createCalls(count: number, seed = 5): Call[] {
  const { below } = createRandom(seed);
  return Array.from({ length: count }, (_, n) => {
    const cached = below(4_000);
    const written = below(500);
    const output = 1 + below(2_000);
    const failed = below(12) === 0 ? OUTCOMES[below(3)] : undefined;
    return {
      n,
      id: `call-${n}`,
      time: new Date(START + n * 7_013).toISOString(),
      latency_ms: 200 + below(9_000),
      ttft_ms: 50 + below(100),
      tenant: `tenant-${below(3)}`,
      identity: `svc-${below(9)}`,
      credential: `fp-${below(20)}`,
      owner: `owner-${below(5)}@example.com`,
      team: `team-${below(4)}`,
      service: `service-${below(6)}`,
      customer: `customer-${below(8)}`,
      environment: below(4) === 0 ? "staging" : "production",
      trace: n.toString(16).padStart(32, "a"),
      span: n.toString(16).padStart(16, "b"),
      parent_span: n.toString(16).padStart(16, "c"),
      session: `session-${below(40)}`,
      workflow: `workflow-${below(6)}`,
      agent: `agent-${below(6)}`,
      provider_request_id: `chatcmpl-${n}`,
      ...PROVIDERS[below(2)]!,
      region: below(2) === 0 ? "us-east-1" : "eu-central-1",
      input_tokens: cached + written + 1 + below(5_000),
      output_tokens: output,
      cached_input_tokens: cached,
      cache_write_tokens: written,
      reasoning_tokens: below(output),
      cost: (below(900_000) / 1e6 + 1e-6).toFixed(6).replace(/0+$/, ""),
      status: failed?.status ?? "ok",
      error_class: failed?.error_class,
      http_status: failed?.http_status ?? 200,
      ip: `198.51.100.${below(250)}`,
      user_agent: "openai-node/6.8.1",
      prompt: `question number ${below(300)}`,
      answer: `answer number ${below(300)}`,
    };
  });
}

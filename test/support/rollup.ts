import { NONE, type Rollup } from "#core/pipeline/rollup.ts";

export const NOON = Date.UTC(2026, 9, 5, 12);

/** A minute of usage, deterministic; overrides replace single fields. */
export function rollup(overrides: Partial<Rollup> = {}): Rollup {
  return {
    tenant: "acme",
    identity: "svc-chat",
    credential: "fp-1",
    model: "claude-sonnet-4-5",
    environment: "production",
    team: "assist",
    cost_center: NONE,
    start: NOON,
    segment: 0,
    calls: 3,
    errors: 1,
    retries: 2,
    input_tokens: 3_000,
    output_tokens: 600,
    cached_input_tokens: 100,
    cost: 18_000_000_000n,
    unpriced_calls: 0,
    ...overrides,
  };
}

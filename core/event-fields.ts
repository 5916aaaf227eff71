import {
  COST_BASES,
  DIGEST_SCOPES,
  ENVIRONMENTS,
  ERROR_CLASSES,
  IDENTITY_TYPES,
  SERVICE_TIERS,
  STATUSES,
  USAGE_KINDS,
} from "./event.ts";

/** What a field of the canonical event may hold. `count` is a whole number from 0, `number` any finite one from 0. */
export type FieldKind =
  | { readonly kind: "text" | "count" | "number" | "money" | "label" | "tags" }
  | { readonly kind: "choice"; readonly choices: ReadonlySet<string> };

const text: FieldKind = { kind: "text" };
const count: FieldKind = { kind: "count" };
const number: FieldKind = { kind: "number" };
/** Text or number, as senders write turns, epochs and ASNs. */
const label: FieldKind = { kind: "label" };
const choice = (choices: readonly string[]): FieldKind => ({
  kind: "choice",
  choices: new Set(choices),
});
const fields = (table: Record<string, FieldKind>): ReadonlyMap<string, FieldKind> =>
  new Map(Object.entries(table));

/** What the names of an event's own tags begin with where rules and policies name them. */
export const TAG_FIELDS = "attribution.tags.";

export const TOP_FIELDS = fields({
  id: text,
  time: text,
  source: text,
  type: choice(["usage", "audit"]),
  tenant: text,
  revision: count,
});

/** Every nested field of the canonical event: the one table that checking, rule lint and docs read. */
export const SECTIONS: ReadonlyMap<string, ReadonlyMap<string, FieldKind>> = new Map([
  ["identity", fields({ id: text, type: choice(IDENTITY_TYPES), credential: text, owner: text })],
  [
    "attribution",
    fields({
      team: text,
      service: text,
      cost_center: text,
      customer: text,
      environment: choice(ENVIRONMENTS),
      business_unit: text,
      tags: { kind: "tags" },
    }),
  ],
  [
    "flow",
    fields({
      trace: text,
      span: text,
      parent_span: text,
      workflow: text,
      session: text,
      agent: text,
      turn: label,
      request_id: text,
      provider_request_id: text,
    }),
  ],
  [
    "model",
    fields({
      provider: text,
      requested: text,
      served: text,
      operation: text,
      region: text,
      service_tier: choice(SERVICE_TIERS),
    }),
  ],
  [
    "usage",
    fields({
      kind: choice(USAGE_KINDS),
      input_tokens: count,
      output_tokens: count,
      cached_input_tokens: count,
      cache_write_tokens: count,
      reasoning_tokens: count,
      tool_calls: count,
      retries: count,
    }),
  ],
  ["cost", fields({ amount: { kind: "money" }, currency: text, basis: choice(COST_BASES) })],
  [
    "outcome",
    fields({
      status: choice(STATUSES),
      error_class: choice(ERROR_CLASSES),
      http_status: count,
      latency_ms: number,
      ttft_ms: number,
      policy: text,
    }),
  ],
  ["network", fields({ ip: text, asn: label, country: text, user_agent: text })],
  [
    "content",
    fields({
      prompt_digest: text,
      result_digest: text,
      digest_scope: choice(DIGEST_SCOPES),
      digest_epoch: label,
    }),
  ],
  ["audit", fields({ action: text, target: text, outcome: text })],
]);

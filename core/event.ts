/**
 * The canonical event, in the very shape of the outside contract: what ingest accepts, what the
 * usage log keeps, what detectors read. Absent means unknown; nothing is ever filled with a guess.
 */
export interface UsageEvent {
  id: string;
  /** RFC 3339, the moment the call began. */
  time: string;
  source: string;
  type: "usage" | "audit";
  tenant: string;
  identity?: IdentityClaim;
  attribution?: Attribution;
  flow?: Flow;
  model?: Model;
  usage?: Usage;
  cost?: Cost;
  outcome?: Outcome;
  network?: Network;
  content?: Content;
  audit?: Audit;
  /** What was missing, inferred or in conflict; see `core/quality.ts`. Set by ingest. */
  quality?: readonly string[];
  revision?: number;
  /** Unknown scalar fields of the payload. */
  extra?: Record<string, string | number | boolean>;
}

export const IDENTITY_TYPES = ["api_key", "workload", "service", "agent", "user", "role"] as const;
export type IdentityType = (typeof IDENTITY_TYPES)[number];

export interface IdentityClaim {
  id?: string;
  type?: IdentityType;
  /** A fingerprint, never the credential. */
  credential?: string;
  owner?: string;
  /** The identity the sender named, where the directory knows the credential as another's; set by ingest. */
  claimed?: string;
}

export const ENVIRONMENTS = ["production", "staging", "development", "test", "pilot"] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

export interface Attribution {
  team?: string;
  service?: string;
  cost_center?: string;
  customer?: string;
  environment?: Environment;
  business_unit?: string;
  tags?: Record<string, string>;
}

export interface Flow {
  trace?: string;
  span?: string;
  parent_span?: string;
  workflow?: string;
  session?: string;
  agent?: string;
  /** The human turn, where the sender knows it. */
  turn?: string | number;
  request_id?: string;
  provider_request_id?: string;
}

export const SERVICE_TIERS = ["standard", "priority", "flex", "batch", "provisioned"] as const;
export type ServiceTier = (typeof SERVICE_TIERS)[number];

export interface Model {
  provider?: string;
  requested?: string;
  served?: string;
  operation?: string;
  region?: string;
  service_tier?: ServiceTier;
}

export const USAGE_KINDS = [
  "inference",
  "training",
  "fine_tuning",
  "retrieval",
  "embedded",
] as const;

/** Token counts; `input_tokens` includes the cached ones. */
export interface Usage {
  kind?: (typeof USAGE_KINDS)[number];
  input_tokens?: number;
  output_tokens?: number;
  cached_input_tokens?: number;
  cache_write_tokens?: number;
  reasoning_tokens?: number;
  tool_calls?: number;
  retries?: number;
}

/** From the firmest figure to none; a finding's basis is the weakest among its events. */
export const COST_BASES = ["reported", "priced", "allocated", "estimated", "unpriced"] as const;
export type CostBasis = (typeof COST_BASES)[number];

export interface Cost {
  /** Decimal string; absent while unpriced. */
  amount?: string;
  currency?: string;
  basis?: CostBasis;
}

export const STATUSES = [
  "ok",
  "error",
  "throttled",
  "denied",
  "blocked",
  "cancelled",
  "cache_hit",
] as const;

export const ERROR_CLASSES = [
  "validation",
  "auth",
  "access_denied",
  "not_found",
  "rate_limited",
  "budget",
  "content_policy",
  "timeout",
  "upstream",
  "unknown",
] as const;

export interface Outcome {
  status?: (typeof STATUSES)[number];
  error_class?: (typeof ERROR_CLASSES)[number];
  http_status?: number;
  latency_ms?: number;
  ttft_ms?: number;
  policy?: string;
}

export interface Network {
  ip?: string;
  asn?: string | number;
  country?: string;
  user_agent?: string;
}

export const DIGEST_SCOPES = ["new_content", "last_message", "full_prompt"] as const;

/** Keyed digests of what was said, never the text. */
export interface Content {
  prompt_digest?: string;
  result_digest?: string;
  digest_scope?: (typeof DIGEST_SCOPES)[number];
  digest_epoch?: string | number;
}

export interface Audit {
  action?: string;
  target?: string;
  outcome?: string;
}

/** The flow root: session, else trace, within the tenant and never with the identity (one flow may pass several credentials). */
export function flowRoot(event: UsageEvent): string | null {
  return event.flow?.session ?? event.flow?.trace ?? null;
}

/** The model that did the work, else the one asked for. */
export function modelName(event: UsageEvent): string | null {
  return event.model?.served ?? event.model?.requested ?? null;
}

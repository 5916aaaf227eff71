import type { CostBasis, Environment, IdentityType } from "../event.ts";
import type { Facts } from "../detector.ts";
import type { Severity } from "../severity.ts";

export const FAMILIES = [
  "prompt-loop",
  "retry-storm",
  "runaway-agent",
  "fan-out-spike",
  "new-tenant",
  "llmjacking",
  "usage-anomaly",
  "credential-sharing",
  "model-escalation",
  "attribution-gap",
  "metering-gap",
  "budget",
  "health",
] as const;
export type Family = (typeof FAMILIES)[number];

export const FINDING_STATUSES = [
  "new",
  "in_progress",
  "suppressed",
  "resolved",
  "archived",
] as const;
export type FindingStatus = (typeof FINDING_STATUSES)[number];

export const VERDICTS = [
  "true_positive",
  "true_positive_no_impact",
  "benign_expected",
  "fp_logic",
  "fp_data",
  "duplicate",
  "managed_externally",
  "undetermined",
] as const;
export type Verdict = (typeof VERDICTS)[number];

/** What detection knows of a finding: deterministic, the same on every replay. Money is decimal strings in USD, null while unpriced. */
export interface FindingBody {
  id: string;
  tenant: string;
  family: Family;
  rule: string;
  rule_version: number;
  title: string;
  severity: Severity;
  confidence: number;
  /** Event times of the first and last contributing event, of the first signal and, once over, of the end. */
  first_seen: string;
  last_seen: string;
  opened_at: string;
  closed_at: string | null;
  detected_after: { events: number; spend: string | null };
  lineage: "edges" | "session" | "none";
  subject: Subject;
  showback: Showback;
  facts: Facts;
  explanation: string;
  evidence: Evidence;
  threats: Readonly<Record<string, readonly string[]>>;
  runbook: string;
  related: readonly string[];
}

export interface Subject {
  identity: string | null;
  type: IdentityType | null;
  credential: string | null;
  owner: string | null;
  agent: string | null;
  flow: string | null;
}

export interface Showback {
  team: string | null;
  service: string | null;
  cost_center: string | null;
  environment: Environment | null;
  currency: "USD";
  observed: string | null;
  expected: string;
  /** observed - expected */
  excess: string | null;
  /** Spend when the finding opened. */
  at_detection: string | null;
  /** The excess of the last hour, times 24. */
  projected_daily: string | null;
  /** The weakest basis among the contributing events. */
  basis: CostBasis;
  attribution_quality: number;
  quality: readonly string[];
  unpriced_events: number;
}

export interface Evidence {
  events: number;
  /** The first and the newest few. */
  event_ids: readonly string[];
  samples: readonly EvidenceSample[];
  top_contributors: readonly { dimension: string; value: string; spend: string; share: number }[];
}

export interface EvidenceSample {
  id: string;
  time: string;
  model: string | null;
  input_tokens: number | null;
  output_tokens: number | null;
  cost: string | null;
  status: string | null;
}

/** A finding as the list, the API and the webhooks show it: what detection knows and what people said. */
export interface Finding extends FindingBody {
  status: FindingStatus;
  verdict: Verdict | null;
  assignee: string | null;
  acknowledged_at: string | null;
  contained_at: string | null;
  /** One more on every change, by machine or person. */
  revision: number;
}

import type { Pico } from "./money.ts";
import { usdNumber } from "./money.ts";

export const SEVERITIES = ["info", "low", "medium", "high", "critical"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** How much excess makes a finding matter; the one `impact` block of `meterhound.yml`. */
export interface Impact {
  /** Excess in USD per day from which a finding is worth a note, an analyst's time, a night call. */
  notice_usd_day: number;
  material_usd_day: number;
  serious_usd_day: number;
  /** Hours with fewer calls are never judged by their volume. */
  min_calls_hour: number;
}

export const DEFAULT_IMPACT: Impact = {
  notice_usd_day: 1,
  material_usd_day: 10,
  serious_usd_day: 500,
  min_calls_hour: 20,
};

export function rank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

export function worse(a: Severity, b: Severity): Severity {
  return rank(a) >= rank(b) ? a : b;
}

export function atMost(severity: Severity, cap: Severity): Severity {
  return rank(severity) > rank(cap) ? cap : severity;
}

/**
 * Severity by money: the excess of the last hour, over a day, against the impact block. Usage
 * without a price is medium: it cannot be shown to be small.
 */
export function severityByImpact(projectedDaily: Pico | null, impact: Impact): Severity {
  if (projectedDaily === null) return "medium";
  const usd = usdNumber(projectedDaily);
  if (usd >= impact.serious_usd_day) return "high";
  if (usd >= impact.material_usd_day) return "medium";
  return usd >= impact.notice_usd_day ? "low" : "info";
}

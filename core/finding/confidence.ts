/** What the confidence of a finding is made of. */
export interface ConfidenceBasis {
  /** The rule's own. */
  rule: number;
  lineage: "edges" | "session" | "none";
  /** Attribution quality. */
  attribution: number;
  /** Where the expectation came from, where the finding says so. */
  baseline: string | null;
}

/**
 * How sure a finding is, 0..1: the rule's own confidence, lowered by weak lineage, weak attribution
 * and a baseline that is not the entity's own. Weak data lowers confidence, never severity.
 */
export function confidenceOf(basis: ConfidenceBasis): number {
  const { lineage, attribution, baseline } = confidenceFactors(basis);
  return round(basis.rule * lineage * attribution * baseline);
}

/** By how much each weakness lowers the rule's own confidence, as factors from 0 to 1. */
export function confidenceFactors({
  lineage,
  attribution,
  baseline,
}: Omit<ConfidenceBasis, "rule">): Record<"lineage" | "attribution" | "baseline", number> {
  return {
    lineage: LINEAGE[lineage],
    attribution: 0.6 + 0.4 * attribution,
    baseline: baseline === null ? 1 : (BASELINE[baseline] ?? BASELINE["none"]!),
  };
}

const LINEAGE = { edges: 1, session: 0.95, none: 0.9 };
const BASELINE: Readonly<Record<string, number>> = {
  own: 1,
  sparse: 0.9,
  peer: 0.85,
  tenant: 0.8,
  ceiling: 0.8,
  none: 0.7,
};

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

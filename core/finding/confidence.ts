/**
 * How sure a finding is, 0..1: the rule's own confidence, lowered by weak lineage, weak attribution
 * and a baseline that is not the entity's own. Weak data lowers confidence, never severity.
 */
export function confidenceOf(basis: {
  rule: number;
  lineage: "edges" | "session" | "none";
  attribution: number;
  baseline: string | null;
}): number {
  const lineage = LINEAGE[basis.lineage];
  const attribution = 0.6 + 0.4 * basis.attribution;
  const baseline = basis.baseline === null ? 1 : (BASELINE[basis.baseline] ?? BASELINE["none"]!);
  return round(basis.rule * lineage * attribution * baseline);
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

import type { Finding } from "../finding/finding.ts";
import { parseUsd, type Pico } from "../money.ts";
import { rank, type Severity } from "../severity.ts";

export const FINDING_SORTS = ["newest", "risk", "money"] as const;
export type FindingSort = (typeof FINDING_SORTS)[number];

/** What places a finding in every order of them. */
export interface Place {
  opened_at: string;
  severity: Severity;
  /** Null while unpriced. */
  excess: Pico | null;
  id: string;
}

export function placeOf({ opened_at, severity, showback, id }: Finding): Place {
  return {
    opened_at,
    severity,
    excess: showback.excess === null ? null : parseUsd(showback.excess),
    id,
  };
}

/**
 * `newest`: by opening. `risk`: by severity, then excess. `money`: by excess. The unpriced stand
 * behind the priced, and every order ends in opening and id.
 */
export const FINDING_ORDERS: Readonly<Record<FindingSort, (a: Place, b: Place) => number>> = {
  newest: (a, b) => byOpening(b, a),
  risk: (a, b) =>
    rank(b.severity) - rank(a.severity) || byExcess(b.excess, a.excess) || byOpening(b, a),
  money: (a, b) => byExcess(b.excess, a.excess) || byOpening(b, a),
};

/** Opening time, then id. */
export function byOpening(
  a: Pick<Place, "opened_at" | "id">,
  b: Pick<Place, "opened_at" | "id">,
): number {
  if (a.opened_at !== b.opened_at) return a.opened_at < b.opened_at ? -1 : 1;
  return a.id === b.id ? 0 : a.id < b.id ? -1 : 1;
}

function byExcess(a: Pico | null, b: Pico | null): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? -1 : 1;
  return a < b ? -1 : 1;
}

import { type CallSum, noCalls } from "../call-sum.ts";
import type { Gap } from "./gap.ts";

/** One hour of a source. */
export interface Hour {
  hour: number;
  /** Picodollars of all calls. */
  spend: number;
  missing: Record<Gap, Missing>;
}

/** The calls of an hour with one gap. */
interface Missing {
  /** Picodollars, and how many have no price. */
  spend: number;
  unpriced: number;
  /** Those of them that no signal has brought. */
  waiting: CallSum;
  /** The own week, once the hour asks for it: it changes with the hour only. */
  own: Own | null;
  /** What was told of the hour: from then on every such call of it counts, whatever came in between. */
  told: Excess | null;
}

/** What the source's own week says of one gap. */
export interface Own {
  /** Hours with traffic that it rests on. */
  hours: number;
  share: number;
  /** Most such calls in one hour. */
  peak: number;
}

/** More without an identity or an owner than is ordinary. */
export interface Excess {
  own: Own;
  gap: Gap;
  reason: "share" | "degraded";
  calls: number;
  observed: number;
  limit: number;
}

export function newHour(hour: number): Hour {
  return { hour, spend: 0, missing: { identity: nothingMissing(), owner: nothingMissing() } };
}

function nothingMissing(): Missing {
  return { spend: 0, unpriced: 0, waiting: noCalls(), own: null, told: null };
}

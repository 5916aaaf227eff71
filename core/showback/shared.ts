import type { UsageEvent } from "../event.ts";
import { createMatcher } from "../event-matcher.ts";
import { type OwnershipRule, readerOf } from "../ownership.ts";
import type { Dimension } from "./dimension.ts";

/** What a shared cost is split by: a figure of the direct usage, evenly, or by fixed weights. */
export const SPLITS = ["requests", "tokens", "cost", "tasks", "even", "weights"] as const;
export type Split = (typeof SPLITS)[number];

/** What a shared cost can be split over: who could be made to pay. */
export const SHARERS = [
  "team",
  "cost_center",
  "business_unit",
  "service",
  "customer",
  "identity",
] as const satisfies readonly Dimension[];
export type Sharer = (typeof SHARERS)[number];

/** Usage whose cost nobody caused alone (a gateway, evaluations), and how it is split. */
export interface SharedPolicy {
  name: string;
  match: OwnershipRule["match"];
  split: Split;
  /** Over the values of this dimension. */
  to: Sharer;
  /** With `split: weights`: by value, whole numbers above 0. */
  weights: Readonly<Record<string, number>>;
}

/** Answers the first policy that declares an event's cost shared; null: it is somebody's own. */
export function createSharedPolicies(
  policies: readonly SharedPolicy[],
): (event: UsageEvent) => SharedPolicy | null {
  const compiled = policies.map((policy) => ({
    policy,
    matches: createMatcher(readerOf, policy.match),
  }));
  return (event) => compiled.find(({ matches }) => matches(event))?.policy ?? null;
}

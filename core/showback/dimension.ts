import { modelName, type UsageEvent } from "../event.ts";
import { formatTime, parseTime } from "../time.ts";

/** By what a statement can be grouped, and where the event says it. */
export const DIMENSIONS = {
  tenant: (event) => event.tenant,
  business_unit: (event) => event.attribution?.business_unit,
  cost_center: (event) => event.attribution?.cost_center,
  team: (event) => event.attribution?.team,
  service: (event) => event.attribution?.service,
  environment: (event) => event.attribution?.environment,
  identity: (event) => event.identity?.id,
  customer: (event) => event.attribution?.customer,
  workflow: (event) => event.flow?.workflow,
  model: modelName,
  provider: (event) => event.model?.provider,
  region: (event) => event.model?.region,
  service_tier: (event) => event.model?.service_tier,
  kind: (event) => event.usage?.kind,
  day: dayOf,
} as const satisfies Record<string, (event: UsageEvent) => string | null | undefined>;

export type Dimension = keyof typeof DIMENSIONS;
export const DIMENSION_NAMES = Object.keys(DIMENSIONS) as [Dimension, ...Dimension[]];

/** Stands where the usage names no value: shown as a line of its own, never spread over the others. */
export const UNATTRIBUTED = "_unattributed";

/** Stands where the usage was nobody's: of a credential that was stolen. */
export const UNAUTHORISED = "_unauthorised";

/** Who used it or pays for it, which a thief is not; the rest is true of stolen usage too. */
const OWNERS: readonly Dimension[] = [
  "business_unit",
  "cost_center",
  "team",
  "service",
  "identity",
  "customer",
  "workflow",
];

/** Stands where a shared cost found nobody to be split over. */
export const NO_DRIVER = "_no_driver";

/** `2026-10-05`, in UTC. */
function dayOf({ time }: UsageEvent): string | null {
  const at = parseTime(time);
  return at === null ? null : formatTime(at).slice(0, "2026-10-05".length);
}

/** A value of stolen usage: it has nobody to be charged to. */
export function stolenValueOf(event: UsageEvent, dimension: Dimension): string {
  return OWNERS.includes(dimension) ? UNAUTHORISED : valueOf(event, dimension);
}

export function valueOf(event: UsageEvent, dimension: Dimension): string {
  return DIMENSIONS[dimension](event) ?? UNATTRIBUTED;
}

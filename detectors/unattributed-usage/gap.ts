import type { UsageEvent } from "#core/event.ts";

/** What a call lacks: an identity and an owner, or the owner of a known identity. */
export type Gap = "identity" | "owner";

export const GAPS: readonly Gap[] = ["identity", "owner"];

/** Who was refused at the door used nothing, and a gateway cannot know who it was. */
export function isRefused({ outcome }: UsageEvent): boolean {
  if (outcome === undefined || outcome.status === "ok") return false;
  const { status, error_class } = outcome;
  return status === "denied" || error_class === "auth" || error_class === "access_denied";
}

export function gapOf({ identity, quality }: UsageEvent): Gap | null {
  if (identity?.owner !== undefined || quality === undefined) return null;
  if (quality.includes("identity.missing")) return "identity";
  return quality.includes("owner.missing") ? "owner" : null;
}

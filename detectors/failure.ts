import type { Outcome } from "#core/event.ts";

/** Errors that lie with the provider or the moment: trying again may cure them, and an outage is nobody's own. */
const CURABLE = new Set<Outcome["error_class"]>(["rate_limited", "timeout", "upstream", "unknown"]);

/** True where the same call may succeed later. */
export function isCurable(outcome: Outcome | undefined): boolean {
  if (outcome?.status === "throttled") return true;
  if (outcome?.status !== "error") return false;
  return outcome.error_class === undefined || CURABLE.has(outcome.error_class);
}

/** True where the call failed for what it is or who makes it. */
export function isRejected(outcome: Outcome | undefined): boolean {
  const status = outcome?.status;
  return status === "denied" || status === "blocked" || (status === "error" && !isCurable(outcome));
}

import { flowRoot, type UsageEvent } from "../event.ts";
import { recognise, type SeenEvents } from "../pipeline/dedupe.ts";
import { type FlowOwner, forgetFlows, inheritFromRoot } from "../pipeline/inherit.ts";
import { DAY, type EventTime, HOUR } from "../time.ts";

/** So far before its first event a reader starts, to know the roots of flows that go on. */
export const FLOW_WARM_UP = 6 * HOUR;

interface Tenant {
  seen: SeenEvents;
  flows: Map<string, FlowOwner>;
}

/**
 * Says of events in the order of event time whether they count, and gives them what the root of
 * their flow stated: what the fold does, for readers of a time range. Changes the event.
 */
export function createCountable(): (event: UsageEvent, at: EventTime) => boolean {
  const tenants = new Map<string, Tenant>();
  let hour = -Infinity;
  return (event, at) => {
    if (Math.floor(at / HOUR) > hour) {
      hour = Math.floor(at / HOUR);
      for (const tenant of tenants.values()) forget(tenant, at);
    }
    let tenant = tenants.get(event.tenant);
    if (!tenant) tenants.set(event.tenant, (tenant = { seen: new Map(), flows: new Map() }));
    const novelty = recognise(tenant.seen, event, at);
    if (novelty === "duplicate" || novelty === "revision") return false;
    if (novelty === "conflict") event.quality = [...(event.quality ?? []), "dup.conflict"];
    if (event.type === "audit") return false;
    const flow = flowRoot(event);
    if (flow !== null) inheritFromRoot(tenant.flows, flow, event, at);
    return true;
  };
}

/** Copies of an event have its time, so that in this order no day comes back. */
function forget({ seen, flows }: Tenant, at: EventTime): void {
  const today = Math.floor(at / DAY);
  for (const day of seen.keys()) if (day < today) seen.delete(day);
  forgetFlows(flows, at);
}

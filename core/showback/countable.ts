import { flowRoot } from "../event.ts";
import { recognise, type SeenEvents } from "../pipeline/dedupe.ts";
import { isShadow } from "../pipeline/feeds.ts";
import {
  createOwners,
  forgetOwners,
  inherit,
  mayBeOwned,
  type Owners,
} from "../pipeline/inherit.ts";
import {
  complete,
  type Halves,
  keepHalf,
  onlyAdds,
  takeExpired,
  takeHalf,
} from "../pipeline/join.ts";
import type { ResolvedEvent } from "../pipeline/sort-window.ts";
import { DAY, type EventTime, MINUTE } from "../time.ts";

/** So far before its first event a reader starts, to know the roots of flows that go on and of the day's batch work. */
export const OWNER_WARM_UP = DAY;

/** So long a call waits for a flow's owner that comes after it; about as far back as the rollups move such calls. */
const OWNER_WAIT = 15 * MINUTE;

/** Takes the events of a time range in the order of event time. */
export interface Countable {
  push(call: ResolvedEvent): void;
  /** Counts what still waits; nothing may be pushed afterwards. */
  end(): void;
}

interface Tenant {
  seen: SeenEvents;
  halves: Halves;
  owners: Owners;
  /** Calls whose flow nobody owns yet. */
  waiting: Map<string, ResolvedEvent[]>;
}

/**
 * Counts each call once, with what the owner of its flow or workflow stated and joined from its two
 * records: what the fold does, for readers of a time range. Changes the events.
 */
export function createCountable(count: (call: ResolvedEvent) => void): Countable {
  const tenants = new Map<string, Tenant>();
  let minute = -Infinity;
  return {
    push(call) {
      const { event, at } = call;
      if (Math.floor(at / MINUTE) > minute) {
        minute = Math.floor(at / MINUTE);
        for (const tenant of tenants.values()) settle(tenant, at, count);
      }
      let tenant = tenants.get(event.tenant);
      if (!tenant) tenants.set(event.tenant, (tenant = createTenant()));
      const novelty = recognise(tenant.seen, event, at, onlyAdds(event));
      if (novelty === "duplicate") return;
      if (novelty === "conflict") event.quality = [...(event.quality ?? []), "dup.conflict"];
      if (event.type === "audit" || isShadow(event)) return;
      const half = takeHalf(tenant.halves, event);
      if (novelty === "early") keepHalf(tenant.halves, call, false, at);
      else if (novelty !== "revision") {
        // Its copies must not come again.
        if (half) recognise(tenant.seen, half.event, half.at);
        own(tenant, half ? { ...call, event: complete(event, half.event) } : call, count);
      }
    },
    end() {
      for (const tenant of tenants.values()) settle(tenant, Infinity, count);
    },
  };
}

function createTenant(): Tenant {
  return { seen: new Map(), halves: new Map(), owners: createOwners(), waiting: new Map() };
}

/** Counts a call with its owner's word, or lets it wait for one. */
function own(tenant: Tenant, call: ResolvedEvent, count: (call: ResolvedEvent) => void): void {
  const flow = flowRoot(call.event);
  const { owner, isNew } = inherit(tenant.owners, flow, call.event, call.at);
  if (flow === null || owner === null) return count(call);
  const earlier = isNew ? (tenant.waiting.get(flow) ?? []) : [];
  if (isNew) tenant.waiting.delete(flow);
  if (!mayBeOwned(owner, call.event)) count(call);
  else if (!tenant.waiting.get(flow)?.push(call)) tenant.waiting.set(flow, [call]);
  for (const waiting of earlier) own(tenant, waiting, count);
}

/** Counts what has waited in vain, and forgets what no later event can need: in this order copies have their time, and revisions lie at most a day away. */
function settle(tenant: Tenant, now: EventTime, count: (call: ResolvedEvent) => void): void {
  for (const half of takeExpired(tenant.halves, now)) {
    recognise(tenant.seen, half.event, half.at);
    own(tenant, half, count);
  }
  for (const [flow, waiting] of tenant.waiting) {
    if (waiting[0]!.at > now - OWNER_WAIT) continue;
    tenant.waiting.delete(flow);
    for (const call of waiting) count(call);
  }
  const yesterday = Math.floor(now / DAY) - 1;
  for (const day of tenant.seen.keys()) if (day < yesterday) tenant.seen.delete(day);
  forgetOwners(tenant.owners, now);
}

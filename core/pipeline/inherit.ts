import { methodOf, ownedField, setOwnedField } from "../attribution.ts";
import type { UsageEvent } from "../event.ts";
import { OWNED_FIELDS, type OwnedField } from "../quality.ts";
import { type EventTime, HOUR } from "../time.ts";

/** What the root of a flow said of its ownership, for the calls below it. */
export interface FlowOwner {
  fields: Partial<Record<OwnedField, string>>;
  seen: EventTime;
}

const FLOW_MEMORY = 6 * HOUR;

/**
 * Gives a call what its flow's root stated and it did not: before the directory's answer, after its
 * own tags. The first event of a flow that states something is its root here.
 */
export function inheritFromRoot(
  flows: Map<string, FlowOwner>,
  flow: string,
  event: UsageEvent,
  at: EventTime,
): void {
  const root = flows.get(flow);
  if (!root) {
    const fields = statedFields(event);
    if (fields) flows.set(flow, { fields, seen: at });
    return;
  }
  root.seen = Math.max(root.seen, at);
  for (const field in root.fields)
    inherit(event, field as OwnedField, root.fields[field as OwnedField]!);
}

export function forgetFlows(flows: Map<string, FlowOwner>, now: EventTime): void {
  for (const [flow, owner] of flows) if (owner.seen < now - FLOW_MEMORY) flows.delete(flow);
}

function inherit(event: UsageEvent, field: OwnedField, value: string): void {
  const own = ownedField(event, field);
  if (own === value) return;
  const method = methodOf(event, field);
  if (own !== undefined && method !== "directory" && method !== "policy") return;
  setOwnedField(event, field, value);
  const others = (event.quality ?? []).filter((code) => code !== `${field}.${method}`);
  event.quality = [...others, `${field}.inherited`];
}

function statedFields(event: UsageEvent): FlowOwner["fields"] | null {
  let fields: FlowOwner["fields"] | null = null;
  for (const field of OWNED_FIELDS) {
    const value = ownedField(event, field);
    if (value === undefined) continue;
    const method = methodOf(event, field);
    if (method !== null && method !== "conflict") continue;
    fields ??= {};
    fields[field] = value;
  }
  return fields;
}

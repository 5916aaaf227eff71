import { methodOf, ownedField, setOwnedField } from "../attribution.ts";
import type { UsageEvent } from "../event.ts";
import { OWNED_FIELDS, type OwnedField } from "../quality.ts";
import { type EventTime, HOUR } from "../time.ts";
import type { Orphan } from "./orphans.ts";

/** What the root of a flow or the owner of a workflow states, for the calls below it. */
export type Stated = Partial<Record<OwnedField | "workflow", string>>;

/** Who owns the flows and workflows of one tenant. */
export interface Owners {
  flows: Map<string, FlowOwner>;
  workflows: Map<string, WorkflowOwner>;
}

export interface FlowOwner {
  /** Null while no call of the flow has stated anything. */
  fields: Stated | null;
  /** True where the fields are those of a call without a parent in a flow that has parents. */
  isRoot: boolean;
  seen: EventTime;
  /** What was counted before the owner came. */
  orphans: Orphan[];
}

interface WorkflowOwner {
  fields: Stated;
  seen: EventTime;
}

const FLOW_MEMORY = 6 * HOUR;
const WORKFLOW_MEMORY = 35 * 24 * HOUR;

export function createOwners(): Owners {
  return { flows: new Map(), workflows: new Map() };
}

/**
 * Gives a call what its flow's root stated and it did not: before the directory's answer, after its
 * own tags. The root is the call without a parent, until that comes the first call that states
 * something. Batch work outside such a flow is its upstream pipeline's, named by `flow.workflow`; other
 * calls of a workflow take from its owner only what nobody knows. Answers the flow's owner and whether
 * this call brought it: what came before was counted without.
 */
export function inherit(
  owners: Owners,
  flow: string | null,
  event: UsageEvent,
  at: EventTime,
): { owner: FlowOwner | null; isNew: boolean } {
  const owner = flow === null ? null : ownerOf(owners.flows, flow, at);
  const isNew = owner !== null && adopt(owner, event);
  if (owner?.fields && !isNew) take(event, owner.fields, true);
  const workflow = event.flow?.workflow;
  if (workflow === undefined) return { owner, isNew };
  const isBatch = event.model?.service_tier === "batch";
  if (!owner?.fields) {
    const upstream = owners.workflows.get(workflow);
    if (upstream) take(event, upstream.fields, isBatch);
  }
  if (!isBatch) ownWorkflow(owners.workflows, workflow, event, at);
  return { owner, isNew };
}

/** Lets go of flows and workflows that nobody used for long. */
export function forgetOwners({ flows, workflows }: Owners, now: EventTime): void {
  flows.forEach(({ seen }, flow) => {
    if (seen < now - FLOW_MEMORY) flows.delete(flow);
  });
  workflows.forEach(({ seen }, name) => {
    if (seen < now - WORKFLOW_MEMORY) workflows.delete(name);
  });
}

/** True while somebody may still say whose the call is: nobody owns its flow, or only a call that is not its root. */
export function mayBeOwned({ fields, isRoot }: FlowOwner, { flow }: UsageEvent): boolean {
  return fields === null || (!isRoot && flow?.parent_span !== undefined);
}

/**
 * What an owned field of a call would be below an owner: the stated value wins over the directory's
 * and the policy's answers and over what was inherited before, never over the call's own tag.
 */
export function isInheritable(event: UsageEvent, field: OwnedField): boolean {
  if (ownedField(event, field) === undefined) return true;
  const method = methodOf(event, field);
  return method === "directory" || method === "policy" || method === "inherited";
}

function ownerOf(flows: Map<string, FlowOwner>, flow: string, at: EventTime): FlowOwner {
  let owner = flows.get(flow);
  if (!owner) {
    owner = { fields: null, isRoot: false, seen: at, orphans: [] };
    flows.set(flow, owner);
  }
  owner.seen = Math.max(owner.seen, at);
  return owner;
}

function isRoot({ flow }: UsageEvent): boolean {
  return flow?.span !== undefined && flow.parent_span === undefined;
}

/** The first call that states something owns the flow until its root does. */
function adopt(owner: FlowOwner, event: UsageEvent): boolean {
  if (owner.fields && (owner.isRoot || !isRoot(event))) return false;
  const fields = statedBy(event);
  if (!fields) return false;
  owner.fields = fields;
  owner.isRoot = isRoot(event);
  return true;
}

/** Gives the call every field that is stated for it; `outranks` lets it replace the directory's answer. */
function take(event: UsageEvent, fields: Stated, outranks: boolean): void {
  for (const name in fields) {
    const value = fields[name as keyof Stated]!;
    if (name === "workflow") {
      if (event.flow && event.flow.workflow === undefined) event.flow.workflow = value;
      continue;
    }
    const field = name as OwnedField;
    const own = ownedField(event, field);
    if (own === value || (own !== undefined && !outranks) || !isInheritable(event, field)) continue;
    const code = `${field}.${methodOf(event, field)}`;
    setOwnedField(event, field, value);
    const others = (event.quality ?? []).filter((other) => other !== code);
    event.quality = [...others, `${field}.inherited`];
  }
}

/** What a call states itself; null where that is nothing. */
function statedBy(event: UsageEvent): Stated | null {
  let fields: Stated | null = null;
  for (const field of OWNED_FIELDS) {
    const value = ownedField(event, field);
    if (value === undefined) continue;
    const method = methodOf(event, field);
    if (method !== null && method !== "conflict") continue;
    (fields ??= {})[field] = value;
  }
  if (fields && event.flow?.workflow !== undefined) fields.workflow = event.flow.workflow;
  return fields;
}

function ownWorkflow(
  workflows: Map<string, WorkflowOwner>,
  name: string,
  event: UsageEvent,
  at: EventTime,
): void {
  const known = workflows.get(name);
  if (known && known.seen > at - HOUR) return;
  const fields = statedBy(event);
  if (!fields) return;
  delete fields.workflow;
  workflows.set(name, { fields, seen: at });
}

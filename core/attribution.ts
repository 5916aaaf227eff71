import type { Attribution, Environment, IdentityClaim, UsageEvent } from "./event.ts";
import type { IdentityDirectory, IdentityRecord } from "./identity.ts";
import type { OwnershipPolicy } from "./ownership.ts";
import {
  METHODS,
  type Method,
  OWNED_FIELDS,
  type OtherCode,
  type OwnedField,
  qualityBit,
  qualityCodes,
} from "./quality.ts";

/** Where ownership comes from, besides the event's own tags. */
export interface OwnershipSources {
  directory: IdentityDirectory;
  policy: OwnershipPolicy;
}

/** Fields whose absence a reader must know of; a business unit is a nicety. */
const EXPECTED: readonly OwnedField[] = ["owner", "team", "service", "cost_center", "environment"];

/**
 * Resolves who an event belongs to: identity by the directory's owner of the credential, else the
 * event's own id, else the credential; each owned field by the event's own tag, else the directory,
 * else the policy. What was filled in, missing or in conflict becomes a quality code. Changes the event.
 */
export function attribute(event: UsageEvent, sources: OwnershipSources): void {
  const claim = event.identity;
  const { directory } = sources;
  const byCredential = claim?.credential
    ? directory.byCredential(event.tenant, claim.credential)
    : null;
  const identityCode = resolveIdentity(event, byCredential);
  const record = byCredential ?? (claim?.id ? directory.byId(event.tenant, claim.id) : null);
  const codes = resolveOwnership(event, record, sources.policy);
  event.quality = identityCode ? [...codes, identityCode] : codes;
}

function resolveIdentity(event: UsageEvent, record: IdentityRecord | null): OtherCode | null {
  const claim = event.identity;
  if (record) {
    const conflict = claim?.id !== undefined && claim.id !== record.id;
    const known = claim?.id === record.id;
    const identity: IdentityClaim = { ...claim, id: record.id };
    if (conflict) identity.claimed = claim.id!;
    if (record.type) identity.type ??= record.type;
    event.identity = identity;
    return conflict ? "identity.conflict" : known ? null : "identity.directory";
  }
  if (claim?.id !== undefined) return null;
  if (claim?.credential === undefined) return "identity.missing";
  claim.id = `credential:${claim.credential}`;
  return "identity.from_credential";
}

function resolveOwnership(
  event: UsageEvent,
  record: IdentityRecord | null,
  policy: OwnershipPolicy,
): readonly string[] {
  let bits = 0;
  let isComplete = true;
  for (const field of OWNED_FIELDS) {
    const own = ownedField(event, field);
    const registered = record?.[field];
    if (own !== undefined) {
      if (registered !== undefined && registered !== own) bits |= qualityBit(field, "conflict");
    } else if (registered !== undefined) {
      setOwnedField(event, field, registered);
      bits |= qualityBit(field, "directory");
    } else isComplete = false;
  }
  if (isComplete) return qualityCodes(bits);
  // The policy sees what the directory said, whichever fields that were.
  const ruled = policy(event);
  for (const field of OWNED_FIELDS) {
    if (ownedField(event, field) !== undefined) continue;
    const value = ruled[field];
    if (value !== undefined) {
      setOwnedField(event, field, value);
      bits |= qualityBit(field, "policy");
    } else if (EXPECTED.includes(field)) bits |= qualityBit(field, "missing");
  }
  return qualityCodes(bits);
}

export function ownedField(event: UsageEvent, field: OwnedField): string | undefined {
  return field === "owner" ? event.identity?.owner : event.attribution?.[field];
}

export function setOwnedField(event: UsageEvent, field: OwnedField, value: string): void {
  if (field === "owner") event.identity = { ...event.identity, owner: value };
  else if (field === "environment") {
    event.attribution = { ...event.attribution, environment: value as Environment };
  } else event.attribution = { ...event.attribution, [field]: value } satisfies Attribution;
}

/** How a field's value came about, from the event's codes; null: the event stated it itself. */
export function methodOf(event: UsageEvent, field: OwnedField): Method | null {
  for (const code of event.quality ?? []) {
    if (code.startsWith(field) && code.charCodeAt(field.length) === 46 /* . */) {
      return code.slice(field.length + 1) as Method;
    }
  }
  return null;
}

/**
 * How far the attribution of one event can be trusted, 0..1: the weighted confidence of its
 * identity, team and cost centre, credential, service, agent, workflow and environment
 * (weights .30 .25 .15 .10 .10 .05 .05; agent and workflow count only where there is a flow).
 */
export function attributionConfidence(event: UsageEvent): number {
  const team = Math.min(confidenceIn(event, "team"), confidenceIn(event, "cost_center"));
  let weight = 0.85;
  let sum =
    0.3 * identityConfidence(event) +
    0.25 * team +
    0.15 * (event.identity?.credential ? 1 : 0) +
    0.1 * confidenceIn(event, "service") +
    0.05 * confidenceIn(event, "environment");
  if (event.flow) {
    weight = 1;
    sum += 0.1 * (event.flow.agent ? 1 : 0) + 0.05 * (event.flow.workflow ? 1 : 0);
  }
  return sum / weight;
}

function confidenceIn(event: UsageEvent, field: OwnedField): number {
  const method = methodOf(event, field);
  if (method) return METHODS[method];
  return ownedField(event, field) === undefined ? 0 : 1;
}

function identityConfidence(event: UsageEvent): number {
  const codes = event.quality ?? [];
  if (codes.includes("identity.missing")) return 0;
  if (codes.includes("identity.from_credential")) return 0.3;
  if (codes.includes("identity.conflict")) return 0.7;
  return codes.includes("identity.directory") ? 0.95 : 1;
}

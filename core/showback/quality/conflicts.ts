import { methodOf, ownedField } from "../../attribution.ts";
import type { UsageEvent } from "../../event.ts";
import type { IdentityDirectory, IdentityRecord } from "../../identity.ts";
import { OWNED_FIELDS, type OwnedField } from "../../quality.ts";

/** A tag that says one thing while the directory says another. */
export interface Conflict {
  tenant: string;
  identity: string | null;
  field: OwnedField | "identity";
  /** What the event said; null where only the directory's answer was kept. */
  declared: string | null;
  /** What the directory says now; null where it has no answer any more. */
  directory: string | null;
}

/** The conflicts that ingest found in an event, with both sides. */
export function conflictsOf(event: UsageEvent, directory: IdentityDirectory): Conflict[] {
  const codes = event.quality ?? [];
  if (!codes.some((code) => code.endsWith(".conflict"))) return [];
  const { tenant, identity } = event;
  const who = { tenant, identity: identity?.id ?? null };
  const record = recordOf(event, directory);
  const conflicts = OWNED_FIELDS.filter((field) => methodOf(event, field) === "conflict").map(
    (field): Conflict => ({
      ...who,
      field,
      declared: ownedField(event, field) ?? null,
      directory: record?.[field] ?? null,
    }),
  );
  if (!codes.includes("identity.conflict")) return conflicts;
  return [{ ...who, field: "identity", declared: null, directory: who.identity }, ...conflicts];
}

function recordOf(
  { tenant, identity }: UsageEvent,
  directory: IdentityDirectory,
): IdentityRecord | null {
  const { credential, id } = identity ?? {};
  const byCredential = credential === undefined ? null : directory.byCredential(tenant, credential);
  return byCredential ?? (id === undefined ? null : directory.byId(tenant, id));
}

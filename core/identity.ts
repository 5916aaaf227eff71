import type { Environment, IdentityType } from "./event.ts";

/** One entry of the identity directory: who stands behind an identity and its credentials. */
export interface IdentityRecord {
  id: string;
  /** Only within this tenant; absent: in every tenant. */
  tenant?: string | undefined;
  type?: IdentityType | undefined;
  /** Fingerprints, never credentials. */
  credentials: readonly string[];
  owner?: string | undefined;
  team?: string | undefined;
  service?: string | undefined;
  cost_center?: string | undefined;
  environment?: Environment | undefined;
  business_unit?: string | undefined;
}

/** Answers who an identity or credential belongs to. */
export interface IdentityDirectory {
  byCredential(tenant: string, credential: string): IdentityRecord | null;
  byId(tenant: string, id: string): IdentityRecord | null;
}

/** A directory over records in memory. The first record wins where two claim the same id or credential. */
export function createDirectory(records: readonly IdentityRecord[]): IdentityDirectory {
  const ids = new Map<string, IdentityRecord[]>();
  const credentials = new Map<string, IdentityRecord[]>();
  for (const record of records) {
    add(ids, record.id, record);
    for (const credential of record.credentials) add(credentials, credential, record);
  }
  return {
    byCredential: (tenant, credential) => find(credentials.get(credential), tenant),
    byId: (tenant, id) => find(ids.get(id), tenant),
  };
}

function add(index: Map<string, IdentityRecord[]>, key: string, record: IdentityRecord): void {
  const records = index.get(key);
  if (records) records.push(record);
  else index.set(key, [record]);
}

function find(
  records: readonly IdentityRecord[] | undefined,
  tenant: string,
): IdentityRecord | null {
  if (!records) return null;
  return records.find((r) => r.tenant === undefined || r.tenant === tenant) ?? null;
}

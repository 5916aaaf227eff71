import { MeterhoundError } from "#core/errors.ts";
import { type WantedBucket, wantedBuckets } from "./buckets.ts";
import { createManagement, type Management } from "./management.ts";

export interface InfluxSetup {
  url: string;
  org: string;
  /** A token that may create buckets and tokens; used here and never kept. */
  token: string;
  prefix: string;
  keepForever: boolean;
  /** Issues tokens although there are some, to replace them. */
  rotate?: boolean;
}

export interface BucketSetup {
  name: string;
  /** `kept_longer`: it keeps longer than wanted, and is left so, because shortening deletes. */
  state: "created" | "present" | "lengthened" | "kept_longer";
}

export interface InfluxSetupResult {
  buckets: BucketSetup[];
  /** Shown once; null where this installation's tokens exist already. */
  tokens: { worker: string; api: string } | null;
}

export interface FoundBucket {
  id: string;
  name: string;
  retentionRules: { everySeconds: number }[];
}

type Permission = { action: "read" | "write"; resource: object };

/**
 * Creates what an installation needs at a server: organisation, buckets, one token for workers (reads
 * and writes these buckets) and one for the api (reads them). Safe to run again.
 * Throws MH_INFLUX_UNREACHABLE, MH_INFLUX_UNAUTHORISED, MH_INFLUX_REJECTED.
 */
export async function setupInflux(setup: InfluxSetup): Promise<InfluxSetupResult> {
  const server = createManagement(setup.url, setup.token);
  const org = await orgId(server, setup.org);
  const buckets: BucketSetup[] = [];
  const ids: string[] = [];
  for (const wanted of wantedBuckets(setup.prefix, setup.keepForever)) {
    const { id, state } = await ensureBucket(server, org, wanted);
    buckets.push({ name: wanted.name, state });
    ids.push(id);
  }
  return { buckets, tokens: await issueTokens(server, org, ids, setup) };
}

/** The bucket of that exact name; null where there is none that the token may see. */
export async function findBucket(
  server: Management,
  org: string,
  name: string,
): Promise<FoundBucket | null> {
  const query = new URLSearchParams({ org, name });
  const { status, json } = await server.ask("GET", `/api/v2/buckets?${query.toString()}`);
  if (status !== 200) return null;
  const { buckets } = json as { buckets: FoundBucket[] };
  return buckets.find((bucket) => bucket.name === name) ?? null;
}

export function retentionOf({ retentionRules }: FoundBucket): number {
  return retentionRules[0]?.everySeconds ?? 0;
}

async function orgId(server: Management, name: string): Promise<string> {
  const { status, json } = await server.ask(
    "GET",
    `/api/v2/orgs?${new URLSearchParams({ org: name }).toString()}`,
  );
  if (status === 401 || status === 403) {
    throw new MeterhoundError("MH_INFLUX_UNAUTHORISED", { what: `the organisation ${name}` });
  }
  const { orgs = [] } = json as { orgs?: { id: string; name: string }[] };
  const found = orgs.find((org) => org.name === name);
  if (found) return found.id;
  const created = await server.demand("POST", "/api/v2/orgs", { name });
  return (created.json as { id: string }).id;
}

async function ensureBucket(
  server: Management,
  orgID: string,
  { name, retention }: WantedBucket,
): Promise<{ id: string; state: BucketSetup["state"] }> {
  const retentionRules = [{ type: "expire", everySeconds: retention }];
  const query = new URLSearchParams({ orgID, name });
  const { json } = await server.ask("GET", `/api/v2/buckets?${query.toString()}`);
  const { buckets = [] } = json as { buckets?: FoundBucket[] };
  const found = buckets.find((bucket) => bucket.name === name);
  if (!found) {
    const created = await server.demand("POST", "/api/v2/buckets", { orgID, name, retentionRules });
    return { id: (created.json as { id: string }).id, state: "created" };
  }
  const { id } = found;
  const present = retentionOf(found);
  if (present === retention) return { id, state: "present" };
  if (present === 0 || (retention !== 0 && present > retention))
    return { id, state: "kept_longer" };
  await server.demand("PATCH", `/api/v2/buckets/${id}`, { retentionRules });
  return { id, state: "lengthened" };
}

async function issueTokens(
  server: Management,
  orgID: string,
  buckets: readonly string[],
  { prefix, rotate = false }: InfluxSetup,
): Promise<InfluxSetupResult["tokens"]> {
  const describe = (role: string): string => `meterhound ${prefix}${role}`;
  const listed = await server.demand(
    "GET",
    `/api/v2/authorizations?${new URLSearchParams({ orgID }).toString()}`,
  );
  const { authorizations } = listed.json as { authorizations: { description: string }[] };
  const issued = new Set(authorizations.map(({ description }) => description));
  if (!rotate && issued.has(describe("worker")) && issued.has(describe("api"))) return null;
  const allow = (action: "read" | "write"): Permission[] =>
    buckets.map((id) => ({ action, resource: { type: "buckets", id, orgID } }));
  const issue = async (role: string, permissions: Permission[]): Promise<string> => {
    const body = { orgID, description: describe(role), permissions };
    const { json } = await server.demand("POST", "/api/v2/authorizations", body);
    return (json as { token: string }).token;
  };
  return {
    worker: await issue("worker", [...allow("read"), ...allow("write")]),
    api: await issue("api", allow("read")),
  };
}

import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyRequest } from "fastify";
import type { Role } from "#core/config.ts";
import { MeterhoundError } from "#core/errors.ts";

/** Who calls: a configured token, or anybody on loopback where no token is configured. */
export interface Principal {
  name: string;
  roles: readonly Role[];
  /** Null: every tenant. */
  tenants: readonly string[] | null;
}

export interface Token extends Principal {
  token: string;
}

/** What a route needs, and who has it: a human role has what the ones before it have. */
const GRANTS: Readonly<Record<"ingest" | "read" | "triage", readonly Role[]>> = {
  ingest: ["ingest", "admin"],
  read: ["viewer", "siem", "analyst", "responder", "engineer", "admin"],
  triage: ["analyst", "responder", "engineer", "admin"],
};
export type Right = keyof typeof GRANTS;

/** The roles that have a right, the least of them first. */
export function rolesWith(right: Right): readonly Role[] {
  return GRANTS[right];
}

/** Answers who a request comes from and that it may do this. Throws MH_API_UNAUTHENTICATED, MH_API_FORBIDDEN. */
export type Authorize = (request: FastifyRequest, right: Right) => Principal;

const ANYBODY: Principal = { name: "local", roles: ["admin"], tenants: null };

export function createAuthorize(tokens: readonly Token[]): Authorize {
  const known = tokens.map((token) => ({ hash: hash(token.token), token }));
  return (request, right) => {
    const principal =
      known.length === 0 ? ANYBODY : findPrincipal(known, request.headers.authorization);
    if (!principal) throw new MeterhoundError("MH_API_UNAUTHENTICATED");
    if (principal.roles.some((role) => GRANTS[right].includes(role))) return principal;
    throw new MeterhoundError("MH_API_FORBIDDEN", { role: GRANTS[right][0] ?? right });
  };
}

export function maySee({ tenants }: Principal, tenant: string): boolean {
  return tenants === null || tenants.includes(tenant);
}

function findPrincipal(
  known: readonly { hash: Buffer; token: Token }[],
  header: string | undefined,
): Principal | null {
  const given = /^Bearer (\S+)$/i.exec(header ?? "")?.[1];
  if (given === undefined) return null;
  const wanted = hash(given);
  return known.find((candidate) => timingSafeEqual(candidate.hash, wanted))?.token ?? null;
}

/** Equal lengths for the constant-time comparison. */
function hash(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

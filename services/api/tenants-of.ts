import { maySee, type Principal } from "../http/auth.ts";

/** The tenants an answer may tell of; null: all. One that the caller may not see has nothing to tell. */
export function tenantsOf(
  principal: Principal,
  asked: string | undefined,
): readonly string[] | null {
  if (asked === undefined) return principal.tenants;
  return maySee(principal, asked) ? [asked] : [];
}

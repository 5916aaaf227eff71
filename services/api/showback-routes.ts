import type { FastifyInstance } from "fastify";
import { showbackCsv } from "#core/showback/csv.ts";
import { type Authorize, maySee, type Principal } from "../http/auth.ts";
import type { Showback } from "../showback/showback.ts";
import { parseRequest } from "./parse-request.ts";
import { ShowbackQuery } from "./showback-query.ts";

/** `GET showback`: statements, of the tenants the caller may see. */
export function showbackRoutes(
  app: FastifyInstance,
  showback: Showback,
  authorize: Authorize,
): void {
  app.get("/api/v1/showback", async (request, reply) => {
    const principal = authorize(request, "read");
    const query = parseRequest(ShowbackQuery, request.query);
    const { from, to, group_by: groupBy, tenant, format, quality } = query;
    const tenants = tenantsOf(principal, tenant);
    const report = await showback({ from, to, groupBy, tenants, quality });
    if (format === "json") return report;
    return reply
      .type("text/csv; charset=utf-8")
      .header("content-disposition", 'attachment; filename="showback.csv"')
      .send(showbackCsv(report));
  });
}

/** A tenant the caller may not see has no usage. */
function tenantsOf(principal: Principal, tenant: string | undefined): readonly string[] | null {
  if (tenant === undefined) return principal.tenants;
  return maySee(principal, tenant) ? [tenant] : [];
}

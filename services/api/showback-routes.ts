import type { FastifyInstance, FastifyReply } from "fastify";
import type { z } from "zod";
import { showbackCsv } from "#core/showback/csv.ts";
import type { Authorize } from "../http/auth.ts";
import { type Operation, serve } from "../http/operation.ts";
import type { Showback } from "../showback/showback.ts";
import { DEFAULT_GROUPING, ShowbackQuery } from "./showback-query.ts";
import { ShowbackShape } from "./showback-shape.ts";
import { tenantsOf } from "./tenants-of.ts";

export const READ_SHOWBACK = {
  method: "GET",
  path: "/api/v1/showback",
  summary: "A showback statement of a period.",
  right: "read",
  query: ShowbackQuery,
  answer: {
    status: 200,
    description:
      "The statement, as asked in JSON, in CSV, or as a FOCUS Cost and Usage dataset (CSV).",
    content: { "application/json": ShowbackShape, "text/csv": null },
  },
  errors: ["MH_LOG_UNAVAILABLE"],
} satisfies Operation<z.infer<typeof ShowbackQuery>>;

/** `GET showback`: statements, of the tenants the caller may see. */
export function showbackRoutes(
  app: FastifyInstance,
  showback: Showback,
  authorize: Authorize,
): void {
  serve(app, authorize, READ_SHOWBACK, async ({ principal, query, reply }) => {
    const { from, to, group_by: groupBy = DEFAULT_GROUPING, tenant, format, quality } = query;
    const asked = { from, to, tenants: tenantsOf(principal, tenant) };
    const sendCsv = (name: string, csv: string): FastifyReply =>
      reply
        .type("text/csv; charset=utf-8")
        .header("content-disposition", `attachment; filename="${name}"`)
        .send(csv);
    if (format === "focus") return sendCsv("focus.csv", await showback.focus(asked));
    const report = await showback.report({ ...asked, groupBy, quality });
    return format === "json" ? report : sendCsv("showback.csv", showbackCsv(report));
  });
}

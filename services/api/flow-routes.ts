import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { FlowReport } from "#core/flow/report.ts";
import { Moment } from "#core/site/moment.ts";
import type { FlowTrees } from "../flow/flow.ts";
import type { Authorize } from "../http/auth.ts";
import { json, type Operation, serve } from "../http/operation.ts";
import { tenantsOf } from "./tenants-of.ts";

const FlowQuery = z
  .strictObject({
    tenant: z.string().optional(),
    from: Moment.optional().meta({
      description: "Where to read the usage log; else around the flow's findings, else 7 days.",
    }),
    to: Moment.optional(),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from < to, {
    path: ["to"],
    message: "must be after from",
  });

export const READ_FLOW = {
  method: "GET",
  path: "/api/v1/flows/{flow}",
  summary:
    "The calls of one agent flow as a tree, with what each costs and what all below it cost.",
  right: "read",
  params: { flow: "The flow root's id: session, else trace." },
  query: FlowQuery,
  answer: json("The tree as a list, each node before those below it.", FlowReport),
  errors: ["MH_API_NOT_FOUND", "MH_LOG_UNAVAILABLE"],
} satisfies Operation<z.infer<typeof FlowQuery>>;

/** `GET flows/{flow}`: of the tenants the caller may see. */
export function flowRoutes(app: FastifyInstance, flows: FlowTrees, authorize: Authorize): void {
  serve(app, authorize, READ_FLOW, ({ principal, params, query }) => {
    const { tenant, from, to } = query;
    return flows({ flow: params["flow"]!, tenants: tenantsOf(principal, tenant), from, to });
  });
}

import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { type Authorize, rolesWith } from "../http/auth.ts";
import { json, type Operation, serve } from "../http/operation.ts";

const Me = z.strictObject({
  name: z.string().meta({ description: "What changes are signed with." }),
  may_triage: z.boolean().meta({ description: "May change findings, not only read them." }),
});
export type Me = z.infer<typeof Me>;

export const READ_ME = {
  method: "GET",
  path: "/api/v1/me",
  summary: "Who the service takes the caller for.",
  right: "read",
  answer: json("Name and rights.", Me),
} satisfies Operation;

/** `GET me`. */
export function meRoutes(app: FastifyInstance, authorize: Authorize): void {
  serve(app, authorize, READ_ME, ({ principal: { name, roles } }): Me => {
    const mayTriage = rolesWith("triage");
    return { name, may_triage: roles.some((role) => mayTriage.includes(role)) };
  });
}

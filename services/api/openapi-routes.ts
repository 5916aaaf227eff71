import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { describedBy, json, type Operation } from "../http/operation.ts";

export const READ_OPENAPI = {
  method: "GET",
  path: "/openapi.json",
  summary: "This description.",
  right: null,
  answer: json("An OpenAPI 3.1 document.", z.looseObject({ openapi: z.literal("3.1.0") })),
} satisfies Operation;

/** `GET /openapi.json`: the whole contract, whatever roles this process has. */
export function openApiRoutes(app: FastifyInstance, document: object): void {
  app.get(READ_OPENAPI.path, describedBy(READ_OPENAPI), () => document);
}

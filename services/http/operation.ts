import type { FastifyInstance, FastifyReply, FastifyRequest, RouteShorthandOptions } from "fastify";
import type { z } from "zod";
import { type ErrorCode, MeterhoundError } from "#core/errors.ts";
import type { Authorize, Principal, Right } from "./auth.ts";
import { parseRequest } from "./parse-request.ts";

/** What a route takes and answers, for whoever calls it: `/openapi.json` is made of these. */
export interface Operation<Query = unknown, Body = unknown> {
  method: "GET" | "POST" | "PATCH";
  /** With its parameters in braces: `/api/v1/findings/{id}`. */
  path: string;
  /** One sentence. */
  summary: string;
  /** What the caller must be allowed to do; null: anybody may. */
  right: Right | null;
  /** Meaning of each parameter of the path. */
  params?: Readonly<Record<string, string>>;
  query?: z.ZodType<Query>;
  headers?: Readonly<Record<string, { description: string; required: boolean }>>;
  body?: z.ZodType<Body>;
  /** Media types of the body, where it is not JSON or not only. */
  bodyTypes?: readonly string[];
  answer: Answer;
  /** Codes it may answer besides those of every route. */
  errors?: readonly ErrorCode[];
}

export interface Answer {
  status: number;
  description: string;
  /** By media type; null: bytes or text without a schema. */
  content: Readonly<Record<string, z.ZodType | null>>;
}

/** The answer of nearly every route. */
export function json(description: string, schema: z.ZodType, status = 200): Answer {
  return { status, description, content: { "application/json": schema } };
}

declare module "fastify" {
  interface FastifyContextConfig {
    operation?: Operation;
  }
}

/** One request to an operation, checked. */
export interface Call<Query, Body> {
  principal: Principal;
  /** Decoded. */
  params: Readonly<Record<string, string>>;
  query: Query;
  body: Body;
  request: FastifyRequest;
  reply: FastifyReply;
}

/** Registers an operation: who calls is checked first, then what was sent, then it is handled. */
export function serve<Query, Body>(
  app: FastifyInstance,
  authorize: Authorize,
  operation: Operation<Query, Body> & { right: Right },
  handle: (call: Call<Query, Body>) => unknown,
): void {
  const { method, path, right, query, body } = operation;
  app.route({
    method,
    url: path.replace(/\{(\w+)\}/g, ":$1"),
    ...describedBy(operation),
    handler: (request, reply) =>
      handle({
        principal: authorize(request, right),
        params: request.params as Record<string, string>,
        query: (query ? parseRequest(query, request.query) : undefined) as Query,
        body: (body ? parseRequest(body, jsonOf(request.body)) : undefined) as Body,
        request,
        reply,
      }),
  });
}

/** A route and what it is described by. */
export interface Route {
  method: string;
  path: string;
  operation: Operation | undefined;
}

/** Lists the routes that are registered from now on. */
export function collectRoutes(app: FastifyInstance): readonly Route[] {
  const routes: Route[] = [];
  app.addHook("onRoute", ({ method, url, config }) => {
    for (const each of [method].flat()) {
      // Every GET answers HEAD too.
      if (each !== "HEAD") routes.push({ method: each, path: url, operation: config?.operation });
    }
  });
  return routes;
}

/** Route options that tie a route to its description. */
export function describedBy(operation: Operation): Pick<RouteShorthandOptions, "config"> {
  return { config: { operation } };
}

function jsonOf(body: unknown): unknown {
  try {
    return Buffer.isBuffer(body) ? (JSON.parse(body.toString("utf8")) as unknown) : body;
  } catch {
    throw new MeterhoundError("MH_API_BAD_REQUEST", { problem: "the body is not JSON" });
  }
}

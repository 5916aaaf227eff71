import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type ErrorCode, MeterhoundError, messageOf } from "#core/errors.ts";

/** An error answer after RFC 9457, with our code, the remedy, and whatever the route adds. */
export function sendProblem(
  reply: FastifyReply,
  error: MeterhoundError,
  extra: Record<string, unknown> = {},
): FastifyReply {
  const { http, remedy } = error.entry;
  return refuse(reply, error)
    .type("application/problem+json")
    .send({
      type: `urn:meterhound:error:${error.code}`,
      title: error.message,
      status: http,
      code: error.code,
      remedy,
      instance: reply.request.id,
      ...extra,
    });
}

/** Status and headers of an error answer; 503 says when to come again. */
export function refuse(reply: FastifyReply, { entry }: MeterhoundError): FastifyReply {
  if (entry.recoverable && entry.http === 503) reply.header("retry-after", "5");
  return reply.code(entry.http);
}

/** Every error of every route becomes a problem. */
export function handleProblems(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => sendProblem(reply, toProblem(error, request)));
  app.setNotFoundHandler((request, reply) =>
    sendProblem(
      reply,
      new MeterhoundError("MH_API_NOT_FOUND", { what: `route ${request.method} ${request.url}` }),
    ),
  );
}

/** What is not ours is logged and answered without its text. */
export function toProblem(error: unknown, request: FastifyRequest): MeterhoundError {
  if (error instanceof MeterhoundError) return error;
  const code = FASTIFY_CODES[(error as { code?: string }).code ?? ""];
  if (code) return new MeterhoundError(code, DETAILS);
  const status = (error as { statusCode?: number }).statusCode ?? 500;
  if (status < 500) return badRequest(error);
  request.log.error({ event: "http.failed", err: error });
  return new MeterhoundError("MH_INTERNAL", { problem: "see the log" });
}

export function badRequest(error: unknown): MeterhoundError {
  return new MeterhoundError("MH_API_BAD_REQUEST", { problem: messageOf(error) });
}

export const MAX_BODY_BYTES = 5 * 1024 * 1024;
const DETAILS = { limit: "5 MiB", what: "see the request" };

const FASTIFY_CODES: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: "MH_API_TOO_LARGE",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "MH_API_UNSUPPORTED_MEDIA",
};

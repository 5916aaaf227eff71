import type { FastifyInstance, FastifyReply } from "fastify";
import { type ErrorCode, MeterhoundError, messageOf } from "#core/errors.ts";

/** An error answer after RFC 9457, with our code, the remedy, and whatever the route adds. */
export function sendProblem(
  reply: FastifyReply,
  error: MeterhoundError,
  extra: Record<string, unknown> = {},
): FastifyReply {
  const { http, remedy, recoverable } = error.entry;
  if (recoverable && http === 503) reply.header("retry-after", "5");
  return reply
    .code(http)
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

/** Every error of every route becomes a problem; what is not ours is logged and answered without its text. */
export function handleProblems(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    if (error instanceof MeterhoundError) return sendProblem(reply, error);
    const code = FASTIFY_CODES[(error as { code?: string }).code ?? ""];
    if (code) return sendProblem(reply, new MeterhoundError(code, DETAILS));
    const status = (error as { statusCode?: number }).statusCode ?? 500;
    if (status < 500) return sendProblem(reply, badRequest(error));
    request.log.error({ event: "http.failed", err: error });
    return sendProblem(reply, new MeterhoundError("MH_INTERNAL", { problem: "see the log" }));
  });
  app.setNotFoundHandler((request, reply) =>
    sendProblem(
      reply,
      new MeterhoundError("MH_API_NOT_FOUND", { what: `route ${request.method} ${request.url}` }),
    ),
  );
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

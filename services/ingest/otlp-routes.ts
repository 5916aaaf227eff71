import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { MeterhoundError } from "#core/errors.ts";
import { otlp } from "#core/formats/otlp.ts";
import type { Authorize } from "../http/auth.ts";
import { describedBy } from "../http/operation.ts";
import { refuse, sendProblem, toProblem } from "../http/problem.ts";
import type { Accepted } from "./accept.ts";
import { postOtlp } from "./operations.ts";
import { decodeRequest, encodeAnswer, type Signal } from "./otlp-protobuf.ts";
import type { BodyItem } from "./parse-body.ts";
import { MAX_PAYLOAD_BYTES } from "./read-payload.ts";
import type { Take } from "./take.ts";

const PROTOBUF = "application/x-protobuf";
const REJECTED = { traces: "rejectedSpans", logs: "rejectedLogRecords" } as const;

/**
 * OTLP/HTTP: `POST /v1/traces` and `POST /v1/logs`, JSON or protobuf, gzip or not, answered in kind.
 * What was refused is told as partial success; 503 makes exporters come again. `POST /v1/metrics` is
 * answered and not read, since metrics count the same tokens again.
 */
export function otlpRoutes(app: FastifyInstance, take: Take, authorize: Authorize): void {
  const optionsOf = (signal: "traces" | "logs" | "metrics") => ({
    bodyLimit: MAX_PAYLOAD_BYTES,
    ...describedBy(postOtlp(signal)),
  });
  void app.register((scope, _, done) => {
    scope.setErrorHandler(handleFailure);
    for (const signal of ["traces", "logs"] as const) {
      scope.post(`/v1/${signal}`, optionsOf(signal), async (request, reply) => {
        const accepted = await take(request, otlp, (body) => [parse(request, signal, body)]);
        return send(request, reply, signal, answerOf(signal, accepted));
      });
    }
    scope.post("/v1/metrics", optionsOf("metrics"), (request, reply) => {
      authorize(request, "ingest");
      return send(request, reply, "traces", {});
    });
    done();
  });
}

/** A sender of protobuf gets its failures as protobuf too: a `google.rpc.Status`. */
function handleFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = toProblem(error, request);
  if (!isProtobuf(request)) return sendProblem(reply, problem);
  const message = `${problem.code} ${problem.message}. ${problem.entry.remedy}`;
  return refuse(reply, problem).type(PROTOBUF).send(encodeAnswer("failure", { message }));
}

function parse(request: FastifyRequest, signal: Signal, body: Buffer): BodyItem {
  const size = body.length;
  if (isProtobuf(request)) return { raw: decodeRequest(signal, body), size };
  try {
    return { raw: JSON.parse(body.toString("utf8")) as unknown, size };
  } catch (error) {
    const problem = "the body is neither JSON nor declared as application/x-protobuf";
    throw new MeterhoundError("MH_API_BAD_REQUEST", { problem }, { cause: error });
  }
}

function isProtobuf({ headers }: FastifyRequest): boolean {
  return /^application\/(x-)?protobuf\b/i.test(headers["content-type"] ?? "");
}

const MAX_TOLD = 3;

function answerOf(signal: Signal, { quarantined }: Accepted): object {
  if (quarantined.length === 0) return {};
  const told = quarantined
    .slice(0, MAX_TOLD)
    .map(({ code, path, message }) => `${code} ${path}: ${message}`);
  if (quarantined.length > MAX_TOLD) told.push(`${quarantined.length - MAX_TOLD} more`);
  return {
    partialSuccess: {
      [REJECTED[signal]]: String(quarantined.length),
      errorMessage: told.join("; "),
    },
  };
}

function send(
  request: FastifyRequest,
  reply: FastifyReply,
  signal: Signal,
  answer: object,
): FastifyReply {
  return isProtobuf(request)
    ? reply.type(PROTOBUF).send(encodeAnswer(signal, answer))
    : reply.type("application/json").send(answer);
}

import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { MeterhoundError } from "#core/errors.ts";
import type { Format } from "#core/formats/format.ts";
import { FORMATS } from "#core/formats/formats.ts";
import { describedBy } from "../http/operation.ts";
import { sendProblem } from "../http/problem.ts";
import { POST_EVENTS, postPayload } from "./operations.ts";
import { parseBody } from "./parse-body.ts";
import { MAX_PAYLOAD_BYTES, maxEventOf } from "./read-payload.ts";
import type { Take } from "./take.ts";

/**
 * `POST /v1/events`: native events as NDJSON, a JSON array or a JSON object, in CloudEvents or not;
 * `POST /v1/ingest/{format}`: another system's own payloads. Gzip or not.
 */
export function ingestRoutes(app: FastifyInstance, take: Take): void {
  const answer = async (
    request: FastifyRequest,
    reply: FastifyReply,
    format: Format | "native",
  ): Promise<FastifyReply> => {
    const accepted = await take(request, format, (body) => {
      const items = parseBody(body, maxEventOf(format));
      if (items.length === 0) throw new MeterhoundError("MH_API_EMPTY");
      return items;
    });
    const first = accepted.quarantined[0];
    if (first && accepted.accepted + accepted.duplicates === 0) {
      return sendProblem(reply, new MeterhoundError(first.code), { ...accepted });
    }
    return reply.code(202).send(accepted);
  };
  app.post(POST_EVENTS.path, describedBy(POST_EVENTS), (request, reply) =>
    answer(request, reply, "native"),
  );
  for (const format of FORMATS) {
    const operation = postPayload(format);
    const options = { bodyLimit: MAX_PAYLOAD_BYTES, ...describedBy(operation) };
    app.post(operation.path, options, (request, reply) => answer(request, reply, format));
  }
}

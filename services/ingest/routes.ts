import { gunzipSync } from "node:zlib";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { MeterhoundError } from "#core/errors.ts";
import type { Format } from "#core/formats/format.ts";
import { FORMATS } from "#core/formats/formats.ts";
import type { Digest } from "#core/privacy.ts";
import type { Authorize } from "../http/auth.ts";
import { MAX_BODY_BYTES, sendProblem } from "../http/problem.ts";
import type { Accept } from "./accept.ts";
import { parseBody } from "./parse-body.ts";
import { MAX_PAYLOAD_BYTES, maxEventOf } from "./read-payload.ts";

/**
 * `POST /v1/events`: native events as NDJSON, a JSON array or a JSON object, in CloudEvents or not;
 * `POST /v1/ingest/{format}`: another system's own payloads. Gzip or not. The source of events that
 * name none is the token's name, or what `?source=` says.
 */
export function ingestRoutes(
  app: FastifyInstance,
  accept: Accept,
  authorize: Authorize,
  digest: Digest,
  now: () => number,
): void {
  const take = async (
    request: FastifyRequest,
    reply: FastifyReply,
    format: Format | "native",
  ): Promise<FastifyReply> => {
    const principal = authorize(request, "ingest");
    const items = parseBody(bodyOf(request, format), maxEventOf(format));
    if (items.length === 0) throw new MeterhoundError("MH_API_EMPTY");
    const source = sourceOf(request) ?? principal.name;
    const origin = { source, tenants: principal.tenants, digest };
    const answer = await accept(items, origin, now(), format);
    const first = answer.quarantined[0];
    if (first && answer.accepted + answer.duplicates === 0) {
      return sendProblem(reply, new MeterhoundError(first.code), { ...answer });
    }
    return reply.code(202).send(answer);
  };
  app.post("/v1/events", (request, reply) => take(request, reply, "native"));
  for (const format of FORMATS) {
    app.post(`/v1/ingest/${format.name}`, { bodyLimit: MAX_PAYLOAD_BYTES }, (request, reply) =>
      take(request, reply, format),
    );
  }
}

/** The source of events that name none, where the sender is not it: `?source=file`. */
function sourceOf({ query }: FastifyRequest): string | undefined {
  const { source } = query as { source?: unknown };
  if (source === undefined) return undefined;
  if (typeof source === "string" && /^[\w.:-]{1,64}$/.test(source)) return source;
  throw new MeterhoundError("MH_API_BAD_REQUEST", {
    problem: "source: letters, digits and _ . : -",
  });
}

/** What a packed body may hold: a small one can be made of nothing but zeros. */
function bodyOf(request: FastifyRequest, format: Format | "native"): Buffer {
  const maxOutputLength = format === "native" ? 4 * MAX_BODY_BYTES : 2 * MAX_PAYLOAD_BYTES;
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const encoding = request.headers["content-encoding"]?.toLowerCase() ?? "identity";
  if (encoding === "identity") return body;
  if (encoding !== "gzip")
    throw new MeterhoundError("MH_API_UNSUPPORTED_MEDIA", { what: encoding });
  try {
    return gunzipSync(body, { maxOutputLength });
  } catch (error) {
    const tooLarge = (error as { code?: string }).code === "ERR_BUFFER_TOO_LARGE";
    throw tooLarge
      ? new MeterhoundError("MH_API_TOO_LARGE", { limit: `${maxOutputLength >> 20} MiB unpacked` })
      : new MeterhoundError("MH_API_BAD_REQUEST", { problem: "the body is not gzip" });
  }
}

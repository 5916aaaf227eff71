import { gunzipSync } from "node:zlib";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { MeterhoundError } from "#core/errors.ts";
import type { Digest } from "#core/privacy.ts";
import type { Authorize } from "../http/auth.ts";
import { MAX_BODY_BYTES, sendProblem } from "../http/problem.ts";
import type { Accept } from "./accept.ts";
import { parseBody } from "./parse-body.ts";

const MAX_UNPACKED = 4 * MAX_BODY_BYTES;

/**
 * `POST /v1/events`: native events as NDJSON, a JSON array or a JSON object, gzip or not. The source of
 * events that name none is the token's name, or what `?source=` says.
 */
export function ingestRoutes(
  app: FastifyInstance,
  accept: Accept,
  authorize: Authorize,
  digest: Digest,
  now: () => number,
): void {
  app.post("/v1/events", async (request, reply) => {
    const principal = authorize(request, "ingest");
    const items = parseBody(bodyOf(request));
    if (items.length === 0) throw new MeterhoundError("MH_API_EMPTY");
    const source = sourceOf(request) ?? principal.name;
    const origin = { source, tenants: principal.tenants, digest };
    const answer = await accept(items, origin, now());
    const first = answer.quarantined[0];
    if (first && answer.accepted + answer.duplicates === 0) {
      return sendProblem(reply, new MeterhoundError(first.code), { ...answer });
    }
    return reply.code(202).send(answer);
  });
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

function bodyOf(request: FastifyRequest): Buffer {
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const encoding = request.headers["content-encoding"]?.toLowerCase() ?? "identity";
  if (encoding === "identity") return body;
  if (encoding !== "gzip")
    throw new MeterhoundError("MH_API_UNSUPPORTED_MEDIA", { what: encoding });
  try {
    return gunzipSync(body, { maxOutputLength: MAX_UNPACKED });
  } catch (error) {
    const tooLarge = (error as { code?: string }).code === "ERR_BUFFER_TOO_LARGE";
    throw tooLarge
      ? new MeterhoundError("MH_API_TOO_LARGE", { limit: "20 MiB unpacked" })
      : new MeterhoundError("MH_API_BAD_REQUEST", { problem: "the body is not gzip" });
  }
}

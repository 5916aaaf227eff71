import { gunzipSync } from "node:zlib";
import type { FastifyRequest } from "fastify";
import { MeterhoundError } from "#core/errors.ts";
import type { Format } from "#core/formats/format.ts";
import type { Digest } from "#core/privacy.ts";
import type { Authorize } from "../http/auth.ts";
import { MAX_BODY_BYTES } from "../http/problem.ts";
import type { Accept, Accepted } from "./accept.ts";
import type { BodyItem } from "./parse-body.ts";
import { MAX_PAYLOAD_BYTES } from "./read-payload.ts";

/**
 * Takes what one request brings: who may send it, its body unpacked and taken apart by `parse`, its
 * events accepted. The source of events that name none is the token's name, or what `?source=` says.
 */
export type Take = (
  request: FastifyRequest,
  format: Format | "native",
  parse: (body: Buffer) => BodyItem[],
) => Promise<Accepted>;

export function createTake(
  accept: Accept,
  authorize: Authorize,
  digest: Digest,
  now: () => number,
): Take {
  return async (request, format, parse) => {
    const principal = authorize(request, "ingest");
    const items = parse(bodyOf(request, format));
    const source = sourceOf(request) ?? principal.name;
    const origin = { source, tenants: principal.tenants, digest };
    return accept(items, origin, now(), format);
  };
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

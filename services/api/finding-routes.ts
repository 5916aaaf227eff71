import type { FastifyInstance, FastifyReply } from "fastify";
import { z } from "zod";
import { MeterhoundError } from "#core/errors.ts";
import { FINDING_STATUSES, VERDICTS } from "#core/finding/finding.ts";
import type { FindingRecord } from "#core/finding/finding-log.ts";
import { type Authorize, maySee, type Principal } from "../http/auth.ts";
import { sendProblem } from "../http/problem.ts";
import type { Cursors } from "./cursor.ts";
import { FindingQuery, matchesQuery, pageOf } from "./finding-query.ts";
import type { FindingStore } from "./finding-store.ts";
import { parseRequest } from "./parse-request.ts";

const TriageBody = z
  .strictObject({
    status: z.enum(FINDING_STATUSES).optional(),
    verdict: z.enum(VERDICTS).optional(),
    assignee: z.string().max(256).optional(),
    note: z.string().max(4_096).optional(),
    contained: z.literal(true).optional(),
  })
  .refine((body) => Object.keys(body).length > 0, "nothing to change");

interface ById {
  Params: { id: string };
}

/** `GET findings`, `GET findings/{id}` and `PATCH findings/{id}` (status, verdict, assignee, note). */
export function findingRoutes(
  app: FastifyInstance,
  store: FindingStore,
  authorize: Authorize,
  cursors: Cursors,
): void {
  app.get("/api/v1/findings", (request) => {
    const principal = authorize(request, "read");
    const query = parseRequest(FindingQuery, request.query);
    const { limit, cursor, ...filter } = query;
    const scope = JSON.stringify([filter, principal.tenants]);
    const after = cursor === undefined ? null : cursors.read(cursor, scope);
    const visible = store
      .all()
      .filter((finding) => maySee(principal, finding.tenant) && matchesQuery(finding, query));
    const { items, next } = pageOf(visible, limit, after);
    return { items, next: next && cursors.write(next, scope) };
  });

  app.get<ById>("/api/v1/findings/:id", (request, reply) => {
    const record = find(store, authorize(request, "read"), request.params.id);
    return sendFinding(reply, record);
  });

  app.patch<ById>("/api/v1/findings/:id", async (request, reply) => {
    const principal = authorize(request, "triage");
    const { finding } = find(store, principal, request.params.id);
    const seen = revisionOf(request.headers["if-match"]);
    const change = parseRequest(TriageBody, jsonOf(request.body));
    const result = await store.triage(finding.id, seen, withoutUndefined(change), principal.name);
    switch (result.kind) {
      case "done":
        return sendFinding(reply, result.record);
      case "missing":
        throw new MeterhoundError("MH_API_NOT_FOUND", { what: "such finding" });
      case "invalid":
        throw new MeterhoundError("MH_API_BAD_REQUEST", { problem: result.reason });
      case "conflict": {
        const { revision } = result;
        return sendProblem(reply, new MeterhoundError("MH_API_CONFLICT", { revision }), {
          revision,
        });
      }
    }
  });
}

/** A finding of another tenant is not there. */
function find(store: FindingStore, principal: Principal, id: string): FindingRecord {
  const record = store.get(id);
  if (record && maySee(principal, record.finding.tenant)) return record;
  throw new MeterhoundError("MH_API_NOT_FOUND", { what: "such finding" });
}

function sendFinding(reply: FastifyReply, { finding }: FindingRecord): FastifyReply {
  return reply.header("etag", `"${finding.revision}"`).send(finding);
}

function revisionOf(ifMatch: string | undefined): number {
  if (ifMatch === undefined) throw new MeterhoundError("MH_API_PRECONDITION_REQUIRED");
  const revision = /^(?:W\/)?"(\d{1,9})"$/.exec(ifMatch.trim())?.[1];
  if (revision !== undefined) return Number(revision);
  throw new MeterhoundError("MH_API_BAD_REQUEST", { problem: 'If-Match must be an ETag like "3"' });
}

function jsonOf(body: unknown): unknown {
  try {
    return Buffer.isBuffer(body) ? (JSON.parse(body.toString("utf8")) as unknown) : body;
  } catch {
    throw new MeterhoundError("MH_API_BAD_REQUEST", { problem: "the body is not JSON" });
  }
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

function withoutUndefined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as Defined<T>;
}

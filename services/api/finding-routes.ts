import type { FastifyInstance, FastifyReply } from "fastify";
import { MeterhoundError } from "#core/errors.ts";
import type { FindingRecord } from "#core/finding/finding-log.ts";
import { detailOf } from "#core/finding/history.ts";
import { type Authorize, maySee, type Principal } from "../http/auth.ts";
import { serve } from "../http/operation.ts";
import { sendProblem } from "../http/problem.ts";
import type { Cursors } from "./cursor.ts";
import {
  LIST_FINDINGS,
  NOTE_FINDING,
  READ_FINDING,
  SUMMARISE_FINDINGS,
  TRIAGE_FINDING,
} from "./finding-operations.ts";
import { fromPosition, matchesFilter, pageOf } from "./finding-query.ts";
import type { FindingStore, TriageResult } from "./finding-store.ts";
import { summaryOf } from "./finding-summary.ts";

/** The queue, one finding, and what people say of it. */
export function findingRoutes(
  app: FastifyInstance,
  store: FindingStore,
  authorize: Authorize,
  cursors: Cursors,
  now: () => number,
): void {
  serve(app, authorize, LIST_FINDINGS, ({ principal, query }) => {
    const { limit, cursor, ...filter } = query;
    const scope = JSON.stringify([filter, principal.tenants]);
    const after = cursor === undefined ? null : fromPosition(cursors.read(cursor, scope));
    const { items, next } = pageOf(
      store.inOrder(filter.sort, after),
      limit,
      (finding) => maySee(principal, finding.tenant) && matchesFilter(finding, filter),
    );
    return { items, next: next && cursors.write(next, scope) };
  });

  serve(app, authorize, SUMMARISE_FINDINGS, ({ principal, query }) =>
    summaryOf(
      store.inOrder("newest", null),
      query,
      ({ tenant }) => maySee(principal, tenant),
      now(),
    ),
  );

  serve(app, authorize, READ_FINDING, ({ principal, params, reply }) =>
    sendFinding(reply, find(store, principal, params["id"]!)),
  );

  serve(app, authorize, TRIAGE_FINDING, async ({ principal, params, body, request, reply }) => {
    const { finding } = find(store, principal, params["id"]!);
    const seen = revisionOf(request.headers["if-match"]);
    const change = withoutUndefined(body);
    return send(reply, await store.triage(finding.id, seen, change, principal.name));
  });

  serve(app, authorize, NOTE_FINDING, async ({ principal, params, body, reply }) => {
    const { finding } = find(store, principal, params["id"]!);
    return send(reply.code(201), await store.note(finding.id, body.text, principal.name));
  });
}

/** A finding of another tenant is not there. */
function find(store: FindingStore, principal: Principal, id: string): FindingRecord {
  const record = store.get(id);
  if (record && maySee(principal, record.finding.tenant)) return record;
  throw new MeterhoundError("MH_API_NOT_FOUND", { what: "such finding" });
}

function send(reply: FastifyReply, result: TriageResult): FastifyReply {
  switch (result.kind) {
    case "done":
      return sendFinding(reply, result.record);
    case "missing":
      throw new MeterhoundError("MH_API_NOT_FOUND", { what: "such finding" });
    case "invalid":
      throw new MeterhoundError("MH_API_BAD_REQUEST", { problem: result.reason });
    case "conflict": {
      const { revision } = result;
      return sendProblem(reply, new MeterhoundError("MH_API_CONFLICT", { revision }), { revision });
    }
  }
}

function sendFinding(reply: FastifyReply, record: FindingRecord): FastifyReply {
  return reply.header("etag", `"${record.finding.revision}"`).send(detailOf(record));
}

function revisionOf(ifMatch: string | undefined): number {
  if (ifMatch === undefined) throw new MeterhoundError("MH_API_PRECONDITION_REQUIRED");
  const revision = /^(?:W\/)?"(\d{1,9})"$/.exec(ifMatch.trim())?.[1];
  if (revision !== undefined) return Number(revision);
  throw new MeterhoundError("MH_API_BAD_REQUEST", { problem: 'If-Match must be an ETag like "3"' });
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

function withoutUndefined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as Defined<T>;
}

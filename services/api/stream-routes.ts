import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { isHuman } from "#core/finding/finding-log.ts";
import { MeterhoundError } from "#core/errors.ts";
import type { PlacedEntry } from "#core/ports/finding-log.ts";
import { MINUTE, SECOND } from "#core/time.ts";
import { type Authorize, maySee } from "../http/auth.ts";
import { type Operation, serve } from "../http/operation.ts";
import type { StreamEntry } from "./finding-shape.ts";
import type { FindingStore } from "./finding-store.ts";

const HEARTBEAT = 15 * SECOND;
/** A reader that takes nothing for so long is let go; it comes again with the last id it has. */
const PATIENCE = MINUTE;

const SEQUENCE = /^\d{1,15}$/;

const StreamQuery = z.strictObject({
  last_event_id: z.string().regex(SEQUENCE, "must be the id of an event").optional().meta({
    description: "Goes on behind this event, as the header does: 0 is the beginning.",
  }),
  tenant: z.string().optional(),
});

export const STREAM_FINDINGS = {
  method: "GET",
  path: "/api/v1/stream",
  summary: "Finding-log entries as they come, as server-sent events; without an id from now on.",
  right: "read",
  query: StreamQuery,
  headers: { "Last-Event-ID": { description: "Goes on behind this event.", required: false } },
  answer: {
    status: 200,
    description:
      "Events named by the kind of entry (`opened`, `updated`, `closed`, `triaged`, `noted`): `id` is the sequence in the log, `data` a `StreamEntry` with the finding as it is now. `reset` comes where the id lies ahead of the log: read the list again. A comment comes every 15 s.",
    content: { "text/event-stream": null },
  },
} satisfies Operation<z.infer<typeof StreamQuery>>;

/** `GET stream`: each client reads the log at its own pace, so that a slow one holds up nobody and no memory. */
export function streamRoutes(
  app: FastifyInstance,
  store: FindingStore,
  authorize: Authorize,
  heartbeat: number = HEARTBEAT,
): void {
  serve(app, authorize, STREAM_FINDINGS, ({ principal, query, request, reply }) => {
    const { last_event_id: asked = headerOf(request.headers["last-event-id"]), tenant } = query;
    const isWanted = (of: string): boolean =>
      maySee(principal, of) && (tenant === undefined || tenant === of);
    const response = reply.hijack().raw;
    response.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
      "x-content-type-options": "nosniff",
    });
    const from = asked === undefined ? store.sequence() : Number(asked);
    void follow(store, response, from, isWanted, heartbeat).catch(() => response.destroy());
  });
}

async function follow(
  store: FindingStore,
  response: ServerResponse,
  asked: number,
  isWanted: (tenant: string) => boolean,
  heartbeat: number,
): Promise<void> {
  const abort = new AbortController();
  response.once("close", () => abort.abort());
  const { signal } = abort;
  const send = async (text: string): Promise<void> => {
    if (response.write(text)) return;
    await once(response, "drain", {
      signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]),
    });
  };
  const beat = setInterval(() => {
    if (!response.writableNeedDrain) response.write(": ping\n\n");
  }, heartbeat);
  try {
    await send("retry: 3000\n\n");
    const isAhead = asked > store.sequence();
    const from = isAhead ? store.sequence() : asked;
    if (isAhead) await send(`event: reset\nid: ${from}\ndata: {}\n\n`);
    for await (const entries of store.entriesAfter(from, signal)) {
      for (const placed of entries) {
        if (isWanted(placed.entry.tenant)) await send(eventOf(placed, store));
      }
    }
  } finally {
    clearInterval(beat);
    response.end();
  }
}

function eventOf({ sequence, entry }: PlacedEntry, store: FindingStore): string {
  const { kind, at } = entry;
  const record = store.get(entry.finding);
  if (!record) return "";
  const by = isHuman(entry) ? entry.by : null;
  const data: StreamEntry = { sequence, kind, at, by, finding: record.finding };
  return `id: ${sequence}\nevent: ${kind}\ndata: ${JSON.stringify(data)}\n\n`;
}

function headerOf(value: string | string[] | undefined): string | undefined {
  if (value === undefined || value === "") return undefined;
  if (typeof value === "string" && SEQUENCE.test(value)) return value;
  throw new MeterhoundError("MH_API_BAD_REQUEST", {
    problem: "Last-Event-ID must be the id of an event",
  });
}

import type { Socket } from "node:net";
import Fastify from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createMemoryFindingLog } from "#adapters/finding-log/memory.ts";
import type { Finding } from "#core/finding/finding.ts";
import { StreamEntry } from "#services/api/finding-shape.ts";
import { openFindingStore } from "#services/api/finding-store.ts";
import { streamRoutes } from "#services/api/stream-routes.ts";
import type { ApiToken } from "#services/config.ts";
import { createAuthorize } from "#services/http/auth.ts";
import { findingBody } from "#test/contract/finding-body.ts";
import { type EventStream, openEventStream, type StreamEvent } from "#test/support/event-stream.ts";
import { removeScratch } from "#test/support/scratch.ts";
import { startTestService, type TestService } from "#test/support/service.ts";
import { loop, ndjson, START } from "#test/support/traffic.ts";
import { until } from "#test/support/until.ts";

const TOKENS: readonly ApiToken[] = [
  { name: "root", token: "root", roles: ["admin"], tenants: null },
  { name: "vic", token: "vic", roles: ["viewer"], tenants: ["acme"] },
  { name: "gw", token: "gw", roles: ["ingest"], tenants: null },
];
const HOUR = 3_600_000;

let running: TestService;
let sent = 0;
let loops = 0;

beforeAll(async () => {
  running = await startTestService({ tokens: TOKENS });
});
afterAll(async () => {
  await running.stop();
  removeScratch(running.dir);
});

/** Makes a finding and answers how many entries the log has then. */
async function newFinding(tenant = "acme"): Promise<number> {
  loops += 1;
  const session = `s-${loops}`;
  const events = loop(session, { at: START + loops * HOUR, tenant });
  await running.send(ndjson(events), { token: "root" });
  sent += events.length;
  await running.folded(sent);
  const { findings } = running.service;
  await until("the finding as it stays", () =>
    findings.all().some(({ subject, severity }) => subject.flow === session && severity === "high"),
  );
  return running.service.findings.sequence();
}

const open = (query = "", headers: Record<string, string> = {}, token = "root") =>
  openEventStream(`${running.service.address}/api/v1/stream${query}`, {
    authorization: `Bearer ${token}`,
    ...headers,
  });
const idsOf = ({ events }: EventStream): number[] => events.map(({ id }) => Number(id));
const upTo = (stream: EventStream, id: number): Promise<unknown> =>
  until(`event ${id}`, () => idsOf(stream).includes(id));

describe("the stream of findings", () => {
  it("tells of what happens from now on, with the finding as it is", async () => {
    await newFinding();
    const stream = await open();
    expect(stream.response.statusCode).toBe(200);
    expect(stream.response.headers["content-type"]).toMatch(/^text\/event-stream/);
    expect(stream.response.headers["cache-control"]).toBe("no-store");
    const last = await newFinding();
    await upTo(stream, last);
    expect(stream.events.every(({ data }) => StreamEntry.safeParse(data).success)).toBe(true);
    const flowOf = ({ data }: StreamEvent) => (data["finding"] as Finding).subject.flow;
    const told = stream.events.find((event) => flowOf(event) === `s-${loops}`);
    expect(told?.event).toBe("opened");
    stream.close();
  });

  it("tells of what people do, and who", async () => {
    const stream = await open();
    const [finding] = running.service.findings.all();
    await running.service.findings.note(finding!.id, "looking", "ana");
    const [event] = await stream.received(1);
    expect(event).toMatchObject({ event: "noted", data: { by: "ana", kind: "noted" } });
    stream.close();
  });

  it.each(["header", "query"])(
    "goes on behind the id in the %s, over breaks and a restart, losing and doubling nothing",
    async (way) => {
      const whole: number[] = [];
      let last = 0;
      const resume = (): Promise<EventStream> =>
        way === "header"
          ? open("", { "last-event-id": String(last) })
          : open(`?last_event_id=${last}`);
      for (let round = 0; round < 4; round++) {
        if (round === 2) {
          await running.service.stop();
          running = await startTestService({ tokens: TOKENS, data_dir: running.dir });
          sent = 0;
        }
        const stream = await resume();
        const end = await newFinding();
        // Broken off somewhere in the middle, as lines are.
        await until("some events", () => stream.events.length > 0);
        if (round === 3) await upTo(stream, end);
        stream.close();
        whole.push(...idsOf(stream));
        last = whole.at(-1)!;
      }
      const log = await running.service.ports.findingLog.read(0, 10_000);
      expect(whole).toEqual(log.map(({ sequence }) => sequence));
    },
  );

  it("tells a token of its tenants only, and of one where asked", async () => {
    const [acme, all, globex] = [
      await open("?last_event_id=0", {}, "vic"),
      await open("?last_event_id=0"),
      await open("?last_event_id=0&tenant=globex"),
    ];
    await newFinding("globex");
    const end = await newFinding("acme");
    await Promise.all([upTo(acme, end), upTo(all, end)]);
    const tenantsOf = ({ events }: EventStream): string[] => [
      ...new Set(events.map(({ data }) => (data["finding"] as Finding).tenant)),
    ];
    expect(tenantsOf(acme)).toEqual(["acme"]);
    expect(tenantsOf(all).toSorted()).toEqual(["acme", "globex"]);
    expect(tenantsOf(globex)).toEqual(["globex"]);
    for (const stream of [acme, all, globex]) stream.close();
  });

  it("says to read the list again where the id lies ahead of the log", async () => {
    const stream = await open("?last_event_id=999999999");
    const [event] = await stream.received(1);
    expect(event).toEqual({
      id: String(running.service.findings.sequence()),
      event: "reset",
      data: {},
    });
    const end = await newFinding();
    await upTo(stream, end);
    stream.close();
  });

  it.each<[string, Record<string, string>, string, number]>([
    ["?last_event_id=x", {}, "root", 400],
    ["", { "last-event-id": "-1" }, "root", 400],
    ["", {}, "gw", 403],
    ["", {}, "nobody", 401],
  ])("refuses %s %o with the token %s by %i", async (query, headers, token, status) => {
    const { response, close } = await open(query, headers, token);
    expect(response.statusCode).toBe(status);
    close();
  });

  it("ends with the service", async () => {
    const stream = await open();
    await running.service.stop();
    await until("the end", stream.isEnded);
    running = await startTestService({ tokens: TOKENS, data_dir: running.dir });
    sent = 0;
    expect(stream.isEnded()).toBe(true);
  });
});

describe("the line of a stream", () => {
  it("is kept open by comments, and holds no more than its reader takes", async () => {
    const log = createMemoryFindingLog();
    const store = await openFindingStore(log, () => START);
    const app = Fastify({ forceCloseConnections: true });
    streamRoutes(app, store, createAuthorize([]), 20);
    const sockets: Socket[] = [];
    app.server.on("connection", (socket: Socket) => sockets.push(socket));
    const address = await app.listen({ port: 0, host: "127.0.0.1" });
    const stream = await openEventStream(`${address}/api/v1/stream?last_event_id=0`);
    await until("comments", () => stream.comments.length > 2);

    stream.response.pause();
    const explanation = "x".repeat(50_000);
    const count = 400;
    for (let n = 1; n <= count; n++) {
      const body = findingBody({ explanation });
      const entry = { kind: "updated", id: `f1.m.${n}`, finding: "f1", tenant: "acme" } as const;
      await log.create([{ ...entry, at: body.opened_at, body }]);
    }
    await until("the fold", () => store.sequence() === count);
    // The whole is 20 MB; what waits in this process is a piece of it.
    expect(sockets[0]!.writableLength).toBeGreaterThan(0);
    expect(sockets[0]!.writableLength).toBeLessThan(1024 * 1024);
    stream.response.resume();
    await stream.received(count);
    expect(idsOf(stream)).toEqual(Array.from({ length: count }, (_, i) => i + 1));
    await app.close();
    await store.stop();
  });
});

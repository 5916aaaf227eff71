import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { usageEvent } from "#test/support/events.ts";
import {
  type Answer,
  startTestService,
  storedEvents,
  type TestService,
} from "#test/support/service.ts";

const NOW = Date.parse("2026-10-05T12:00:00Z");
const TIME = "2026-10-05T07:00:00.000Z";

let open: TestService;

beforeAll(async () => {
  open = await startTestService({ now: () => NOW });
});
afterAll(async () => {
  await open.stop();
});

let next = 0;
const newId = (): string => `e-${next++}`;
const ndjson = (...lines: unknown[]): string =>
  lines.map((line) => JSON.stringify(line)).join("\n");
const minimal = (more: object = {}): Record<string, unknown> => ({
  id: newId(),
  time: TIME,
  ...more,
});

function quarantinedOf({ json }: Answer): { index: number; code: string; path: string }[] {
  return json["quarantined"] as { index: number; code: string; path: string }[];
}

describe("bodies that are understood", () => {
  const [a, b] = [usageEvent({ id: "shape-a" }), usageEvent({ id: "shape-b" })];
  const shapes: [string, (suffix: string) => string, number][] = [
    ["NDJSON", (s) => ndjson({ ...a, id: a.id + s }, { ...b, id: b.id + s }), 2],
    ["NDJSON that ends with a line break", (s) => `${ndjson({ ...a, id: a.id + s })}\n`, 1],
    ["NDJSON with blank lines and CRLF", (s) => `\r\n${ndjson({ ...a, id: a.id + s })}\r\n\r\n`, 1],
    [
      "a JSON array",
      (s) =>
        JSON.stringify([
          { ...a, id: a.id + s },
          { ...b, id: b.id + s },
        ]),
      2,
    ],
    ["a printed JSON array", (s) => JSON.stringify([{ ...a, id: a.id + s }], null, 2), 1],
    ["one JSON object", (s) => JSON.stringify({ ...a, id: a.id + s }), 1],
    ["one JSON object over many lines", (s) => JSON.stringify({ ...a, id: a.id + s }, null, 2), 1],
    ["a byte order mark first", (s) => `\ufeff${ndjson({ ...a, id: a.id + s })}`, 1],
  ];

  it.each(shapes)("takes %s", async (name, body, count) => {
    const answer = await open.send(body(name));
    expect(answer.status).toBe(202);
    expect(answer.json).toEqual({ accepted: count, duplicates: 0, quarantined: [] });
    expect(await storedEvents(open).then((events) => events.has(`shape-a${name}`))).toBe(true);
  });

  it.each(["gzip", "GZIP"])("unpacks a body whose Content-Encoding is %s", async (encoding) => {
    const id = newId();
    const headers = { "content-encoding": encoding };
    const answer = await open.send(new Uint8Array(gzipSync(ndjson(minimal({ id })))), { headers });
    expect(answer.status).toBe(202);
    expect((await storedEvents(open)).has(id)).toBe(true);
  });

  it.each(["text/plain", "application/x-www-form-urlencoded", "application/cloudevents+json"])(
    "looks at the bytes, not at Content-Type %s",
    async (type) => {
      const answer = await open.send(ndjson(minimal()), { headers: { "content-type": type } });
      expect(answer.json["accepted"]).toBe(1);
    },
  );
});

describe("partial batches", () => {
  it("keeps the good events and names each bad one by index, code and path", async () => {
    const good = [newId(), newId()];
    const answer = await open.send(
      [
        JSON.stringify(minimal({ id: good[0] })),
        '{"id": "cut',
        JSON.stringify({ time: TIME }),
        JSON.stringify(minimal({ usage: { input_tokens: "many" } })),
        JSON.stringify(minimal({ outcome: { status: "fine" } })),
        JSON.stringify(minimal({ id: good[1] })),
        "[1,2]",
        JSON.stringify(minimal({ time: "yesterday" })),
      ].join("\n"),
    );
    expect(answer.status).toBe(202);
    expect(answer.json["accepted"]).toBe(2);
    expect(quarantinedOf(answer).map(({ index, code, path }) => [index, code, path])).toEqual([
      [1, "MH_EVENT_UNPARSEABLE", ""],
      [2, "MH_EVENT_MISSING_FIELD", "id"],
      [3, "MH_EVENT_WRONG_TYPE", "usage.input_tokens"],
      [4, "MH_EVENT_BAD_VALUE", "outcome.status"],
      [6, "MH_EVENT_NOT_OBJECT", ""],
      [7, "MH_EVENT_BAD_TIME", "time"],
    ]);
    expect([...(await storedEvents(open)).keys()]).toEqual(expect.arrayContaining(good));
  });

  it("does not lose the lines after a first line that is an array", async () => {
    const answer = await open.send(`[1,2]\n${ndjson(minimal(), minimal())}`);
    expect(answer.status).toBe(202);
    expect(answer.json["accepted"]).toBe(2);
    expect(quarantinedOf(answer)).toMatchObject([{ index: 0, code: "MH_EVENT_NOT_OBJECT" }]);
  });

  it("answers a retried batch with duplicates and stores it once", async () => {
    const body = ndjson(minimal(), minimal(), minimal());
    const before = (await storedEvents(open)).size;
    expect((await open.send(body)).json).toMatchObject({ accepted: 3, duplicates: 0 });
    expect((await open.send(body)).json).toMatchObject({ accepted: 0, duplicates: 3 });
    expect((await storedEvents(open)).size).toBe(before + 3);
  });

  it.each([
    ["other tokens", { usage: { input_tokens: 7 } }],
    ["another prompt", { content: { prompt_digest: "other" } }],
    ["another model", { model: { requested: "gpt-4o" } }],
  ])("takes another event under a known id for one of its own: %s", async (_, change) => {
    const first = usageEvent({ id: newId(), content: { prompt_digest: "one" } });
    await open.send(first);
    const answer = await open.send(
      usageEvent({ id: first.id, content: { prompt_digest: "one" }, ...change }),
    );
    expect(answer.json).toMatchObject({ accepted: 1, duplicates: 0 });
  });
});

describe("bodies that are refused", () => {
  it("answers 400 as problem+json with the list where nothing was understood", async () => {
    const answer = await open.send('{"id":"x"}\nnot json');
    expect(answer.status).toBe(400);
    expect(answer.headers.get("content-type")).toMatch(/^application\/problem\+json/);
    expect(answer.json).toMatchObject({ status: 400, code: "MH_EVENT_MISSING_FIELD", accepted: 0 });
    expect(answer.json["remedy"]).toMatch(/\w/);
    expect(quarantinedOf(answer).map(({ code }) => code)).toEqual([
      "MH_EVENT_MISSING_FIELD",
      "MH_EVENT_UNPARSEABLE",
    ]);
  });

  it.each<[string, string | object, Record<string, string>, number, string]>([
    ["an empty body", "", {}, 400, "MH_API_EMPTY"],
    ["blank lines only", " \r\n\n\t", {}, 400, "MH_API_EMPTY"],
    ["an empty array", "[]", {}, 400, "MH_API_EMPTY"],
    ["5 MiB and a byte", " ".repeat(5 * 2 ** 20 + 1), {}, 413, "MH_API_TOO_LARGE"],
    ["more events than one body may hold", "1\n".repeat(50_001), {}, 413, "MH_API_TOO_LARGE"],
    ["an array of too many", `[${"1,".repeat(50_000)}1]`, {}, 413, "MH_API_TOO_LARGE"],
    ["an unknown encoding", "{}", { "content-encoding": "br" }, 415, "MH_API_UNSUPPORTED_MEDIA"],
    [
      "a Content-Type that is none",
      "{}",
      { "content-type": ";;" },
      415,
      "MH_API_UNSUPPORTED_MEDIA",
    ],
    ["gzip that is none", "{}", { "content-encoding": "gzip" }, 400, "MH_API_BAD_REQUEST"],
    ["one event over 256 KiB", { x: "a".repeat(300_000) }, {}, 400, "MH_EVENT_TOO_LARGE"],
    ["such an event in an array", [{ x: "a".repeat(300_000) }], {}, 400, "MH_EVENT_TOO_LARGE"],
  ])("refuses %s", async (_, body, headers, status, code) => {
    const event = (more: object): object => ({ id: newId(), time: TIME, ...more });
    const filled =
      typeof body === "string"
        ? body
        : JSON.stringify(Array.isArray(body) ? body.map(event) : event(body));
    const answer = await open.send(filled, { headers });
    expect(answer.json).toMatchObject({ status, code });
    expect(answer.status).toBe(status);
  });
});

describe("clocks ahead", () => {
  it("flags an event more than ten minutes ahead and refuses one more than a day ahead", async () => {
    const at = (ms: number): string => new Date(NOW + ms).toISOString();
    const [near, ahead] = [newId(), newId()];
    const answer = await open.send(
      ndjson(
        minimal({ id: near, time: at(9 * 60_000) }),
        minimal({ id: ahead, time: at(11 * 60_000) }),
        minimal({ time: at(25 * 3_600_000) }),
      ),
    );
    expect(answer.json["accepted"]).toBe(2);
    expect(quarantinedOf(answer)).toMatchObject([
      { index: 2, code: "MH_EVENT_FUTURE_TIME", path: "time" },
    ]);
    const events = await storedEvents(open);
    expect(events.get(near)?.quality).not.toContain("time.skew");
    expect(events.get(ahead)?.quality).toContain("time.skew");
  });
});

describe("what a batch says of itself", () => {
  it("answers an event that stands twice in one batch as a duplicate", async () => {
    const event = minimal();
    const answer = await open.send(ndjson(event, event));
    expect(answer.json).toEqual({ accepted: 1, duplicates: 1, quarantined: [] });
  });

  it("takes the source of events that name none from the query", async () => {
    const event = minimal();
    const { status } = await open.call("POST", "/v1/events?source=file", { body: ndjson(event) });
    expect(status).toBe(202);
    const stored = (await storedEvents(open)).get(String(event["id"]));
    expect(stored?.source).toBe("file");
  });

  it("refuses a source that is none", async () => {
    const body = ndjson(minimal());
    const { status } = await open.call("POST", "/v1/events?source=a%20b", { body });
    expect(status).toBe(400);
  });
});

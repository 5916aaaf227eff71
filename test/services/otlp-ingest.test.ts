import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ApiToken } from "#services/config.ts";
import { decodeRequest, encodeAnswer } from "#services/ingest/otlp-protobuf.ts";
import { createCalls } from "#test/formats/calls.ts";
import { codingAgentLog, otlpSpan } from "#test/formats/write-otlp.ts";
import { createRandom } from "#test/support/random.ts";
import {
  type Answer,
  type Body,
  startTestService,
  storedEvents,
  type TestService,
} from "#test/support/service.ts";

const NOW = Date.parse("2026-10-05T12:00:00Z");
const CALLS = createCalls(40);
const JSON_TYPE = { "content-type": "application/json" };
const PROTOBUF = { "content-type": "application/x-protobuf" };

let open: TestService;

beforeAll(async () => {
  open = await startTestService({ now: () => NOW });
});
afterAll(() => open.stop());

const post = (
  path: string,
  body: Body,
  headers: Record<string, string> = JSON_TYPE,
): Promise<Answer> => open.call("POST", path, { body, headers });

const idOf = (n: number): string => `${CALLS[n]!.trace}:${CALLS[n]!.span}`;

/** A span nobody can read beside a good one. */
function partial(good: number, bad: number): string {
  const [first, second] = [otlpSpan.write(CALLS[good]!), otlpSpan.write(CALLS[bad]!)] as {
    resourceSpans: { scopeSpans: { spans: Record<string, unknown>[] }[] }[];
  }[];
  second!.resourceSpans[0]!.scopeSpans[0]!.spans[0]!["startTimeUnixNano"] = "yesterday";
  return JSON.stringify({ resourceSpans: [...first!.resourceSpans, ...second!.resourceSpans] });
}

describe("OTLP in JSON", () => {
  it("lands a span in the log and answers with an empty object", async () => {
    const answer = await post("/v1/traces", JSON.stringify(otlpSpan.write(CALLS[0]!)));
    expect([answer.status, answer.text]).toEqual([200, "{}"]);
    expect(answer.headers.get("content-type")).toMatch(/^application\/json/);
    const event = (await storedEvents(open)).get(idOf(0));
    expect(event).toMatchObject({ source: "local", tenant: CALLS[0]!.tenant, type: "usage" });
    expect(event?.quality).toEqual(
      expect.arrayContaining(["sample.partial", "identity.credential_missing"]),
    );
  });

  it("lands the log of a coding agent", async () => {
    const ok = CALLS.find((call) => call.n >= 20 && !call.error_class)!;
    const { status, text } = await post("/v1/logs", JSON.stringify(codingAgentLog.write(ok)));
    expect([status, text]).toEqual([200, "{}"]);
    const events = [...(await storedEvents(open)).values()];
    expect(events.find(({ flow }) => flow?.provider_request_id === ok.provider_request_id)).toEqual(
      expect.objectContaining({ cost: { amount: ok.cost, currency: "USD", basis: "estimated" } }),
    );
  });

  it("takes gzip", async () => {
    const body = new Uint8Array(gzipSync(JSON.stringify(otlpSpan.write(CALLS[2]!))));
    const { status } = await post("/v1/traces", body, { ...JSON_TYPE, "content-encoding": "gzip" });
    expect(status).toBe(200);
    expect((await storedEvents(open)).has(idOf(2))).toBe(true);
  });

  it("keeps the good spans of a batch and tells the others as partial success", async () => {
    const { status, json } = await post("/v1/traces", partial(3, 4));
    expect(status).toBe(200);
    expect(json).toMatchObject({ partialSuccess: { rejectedSpans: "1" } });
    expect(JSON.stringify(json)).toContain("startTimeUnixNano");
    const events = await storedEvents(open);
    expect([events.has(idOf(3)), events.has(idOf(4))]).toEqual([true, false]);
  });

  it("rejects what is no export, rather than calling it empty", async () => {
    const { status, json } = await post("/v1/traces", '{"spans":[]}');
    expect([status, json]).toEqual([
      200,
      {
        partialSuccess: {
          rejectedSpans: "1",
          errorMessage:
            "MH_EVENT_MISSING_FIELD resourceSpans: `resourceSpans`, `resourceLogs` or `resourceMetrics` is required",
        },
      },
    ]);
  });

  it.each(["/v1/traces", "/v1/logs", "/v1/metrics"])(
    "answers an empty export to %s",
    async (path) => {
      const { status, text } = await post(path, "{}");
      expect([status, text]).toEqual([200, "{}"]);
    },
  );

  it("refuses a body that is no JSON", async () => {
    const { status, json } = await post("/v1/traces", '{"resourceSpans": [');
    expect([status, json["code"]]).toEqual([400, "MH_API_BAD_REQUEST"]);
  });

  it("refuses a body of more broken records than one request may hold", async () => {
    const spans = `[${"1,".repeat(50_001)}1]`;
    const body = `{"resourceSpans":[{"scopeSpans":[{"spans":${spans}}]}]}`;
    const { status, json } = await post("/v1/traces", body);
    expect([status, json["code"]]).toEqual([413, "MH_API_TOO_LARGE"]);
  });
});

describe("OTLP in protobuf", () => {
  it("reads what an exporter writes, ids, 64-bit numbers and all", async () => {
    const { status, headers, text } = await post("/v1/traces", span(5), PROTOBUF);
    expect([status, text]).toEqual([200, ""]);
    expect(headers.get("content-type")).toBe("application/x-protobuf");
    const event = (await storedEvents(open)).get(idOf(5));
    expect(event).toMatchObject({
      time: CALLS[5]!.time,
      flow: { trace: CALLS[5]!.trace, parent_span: CALLS[5]!.parent_span },
      usage: { input_tokens: CALLS[5]!.input_tokens },
    });
  });

  it("takes gzip", async () => {
    const headers = { ...PROTOBUF, "content-encoding": "gzip" };
    const { status } = await post("/v1/traces", new Uint8Array(gzipSync(span(6))), headers);
    expect(status).toBe(200);
    expect((await storedEvents(open)).has(idOf(6))).toBe(true);
  });

  it.each(["/v1/traces", "/v1/logs", "/v1/metrics"])(
    "answers the empty message to %s with the empty message",
    async (path) => {
      const { status, text } = await post(path, new Uint8Array(), PROTOBUF);
      expect([status, text]).toEqual([200, ""]);
    },
  );

  it("tells partial success in kind", () => {
    const bytes = encodeAnswer("traces", {
      partialSuccess: { rejectedSpans: "2", errorMessage: "why" },
    });
    // partial_success = 1 { rejected_spans = 1: 2, error_message = 2: "why" }
    expect([...bytes]).toEqual([0x0a, 7, 0x08, 2, 0x12, 3, 0x77, 0x68, 0x79]);
  });

  it("answers failures as a status message", async () => {
    const { status, headers, text } = await post("/v1/traces", new Uint8Array([0x0a, 9]), PROTOBUF);
    expect([status, headers.get("content-type")]).toEqual([400, "application/x-protobuf"]);
    expect(text).toContain("MH_API_BAD_REQUEST");
  });
});

describe("hostile protobuf", () => {
  it("of random, cut and changed bytes is refused or passed over, never a failure", async () => {
    const random = createRandom(23);
    const whole = span(7);
    const wrong: string[] = [];
    for (let n = 0; n < 400; n++) {
      const body = hostile(n, whole, random.below);
      const path = n % 2 === 0 ? "/v1/traces" : "/v1/logs";
      const { status, text } = await post(path, body, PROTOBUF);
      if (status !== 200 && status !== 400) wrong.push(`${n}: ${status} ${text}`);
    }
    expect(wrong).toEqual([]);
    expect((await open.call("GET", "/readyz")).status).toBe(200);
  });

  it.each([50, 5_000, 100_000])("of values nested %i deep is no way in", async (depth) => {
    const { status } = await post("/v1/traces", nestedSpan(depth), PROTOBUF);
    expect(status).toBe(depth === 50 ? 200 : 400);
  });

  it("that claims a huge length takes no memory", () => {
    expect(() => decodeRequest("traces", new Uint8Array([0x0a, 0xff, 0xff, 0xff, 0x7f]))).toThrow(
      /no OTLP traces message/,
    );
  });
});

describe("who may send", () => {
  it("is decided by the token, and its tenant wins", async () => {
    const token: ApiToken = {
      name: "otel",
      token: "t".repeat(20),
      roles: ["ingest"],
      tenants: ["acme"],
    };
    const guarded = await startTestService({ now: () => NOW, tokens: [token] });
    try {
      const body = span(8);
      const send = (bearer?: string): Promise<Answer> =>
        guarded.call("POST", "/v1/traces", {
          body,
          headers: PROTOBUF,
          ...(bearer && { token: bearer }),
        });
      expect((await send()).status).toBe(401);
      expect((await guarded.call("POST", "/v1/metrics", { body: "{}" })).status).toBe(401);
      expect((await send(token.token)).status).toBe(200);
      const event = (await storedEvents(guarded)).get(idOf(8));
      expect(event).toMatchObject({ tenant: "acme", source: "otel" });
    } finally {
      await guarded.stop();
    }
  });
});

describe("a log that cannot be written", () => {
  it.each([
    ["JSON", JSON_TYPE, "application/problem+json"],
    ["protobuf", PROTOBUF, "application/x-protobuf"],
  ])("makes an exporter of %s come again", async (_, headers, type) => {
    const full = await startTestService({ now: () => NOW });
    try {
      await full.service.ports.usageLog.close();
      const body = headers === PROTOBUF ? span(9) : JSON.stringify(otlpSpan.write(CALLS[9]!));
      const answer = await full.call("POST", "/v1/traces", { body, headers });
      expect(answer.status).toBe(503);
      expect(answer.headers.get("retry-after")).toMatch(/^\d+$/);
      expect(answer.headers.get("content-type")).toContain(type);
      expect(answer.text).toContain("MH_LOG_UNAVAILABLE");
    } finally {
      await full.stop();
    }
  });
});

type Bytes = Uint8Array<ArrayBuffer>;

/** Protobuf by hand, so that the reader is not tested with its own description of the messages. */
function length(field: number, ...parts: Bytes[]): Bytes {
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  return join(varint((field << 3) | 2), varint(size), ...parts);
}

function varint(value: number): Bytes {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return Uint8Array.from([...bytes, rest]);
}

function fixed64(field: number, value: bigint): Bytes {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return join(varint((field << 3) | 1), bytes);
}

const join = (...parts: Bytes[]): Bytes => Uint8Array.from(parts.flatMap((part) => [...part]));
const utf8 = (text: string): Bytes => Uint8Array.from(Buffer.from(text));
const hex = (text: string): Bytes => Uint8Array.from(Buffer.from(text, "hex"));

const attribute = (key: string, value: string | number): Bytes =>
  length(
    9,
    length(1, utf8(key)),
    typeof value === "number"
      ? length(2, varint(3 << 3), varint(value))
      : length(2, length(1, utf8(value))),
  );

/** ExportTraceServiceRequest with the one span of a call. */
function span(n: number): Bytes {
  const call = CALLS[n]!;
  const start = BigInt(Date.parse(call.time)) * 1_000_000n;
  return length(
    1,
    length(1, length(1, length(1, utf8("service.name")), length(2, length(1, utf8("svc"))))),
    length(
      2,
      length(
        2,
        length(1, hex(call.trace)),
        length(2, hex(call.span)),
        length(4, hex(call.parent_span)),
        length(5, utf8("chat")),
        fixed64(7, start),
        fixed64(8, start + 5_000_000n),
        attribute("gen_ai.operation.name", "chat"),
        attribute("gen_ai.request.model", call.model),
        attribute("gen_ai.usage.input_tokens", call.input_tokens),
        attribute("gen_ai.usage.output_tokens", call.output_tokens),
      ),
    ),
  );
}

/** A span whose attribute holds a list in a list in a list; sizes are written from the inside out. */
function nestedSpan(depth: number): Bytes {
  const heads: Bytes[] = [];
  let size = 0;
  const wrap = (field: number): void => {
    const head = join(varint((field << 3) | 2), varint(size));
    heads.push(head);
    size += head.length;
  };
  // AnyValue.array_value = 5, ArrayValue.values = 1.
  for (let n = 0; n < depth; n++) wrap(n % 2 === 0 ? 1 : 5);
  for (const field of [2, 9, 2, 2, 1]) wrap(field);
  return Uint8Array.from(Buffer.concat(heads.toReversed()));
}

function hostile(n: number, whole: Bytes, below: (limit: number) => number): Bytes {
  if (n % 3 === 0) return Uint8Array.from({ length: 1 + below(300) }, () => below(256));
  if (n % 3 === 1) return whole.slice(0, below(whole.length));
  const changed = Uint8Array.from(whole);
  for (let i = 0; i < 3; i++) changed[below(changed.length)] = below(256);
  return changed;
}

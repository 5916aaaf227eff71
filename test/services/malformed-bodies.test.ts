import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ERRORS } from "#core/errors.ts";
import { type MalformedBody, malformedBodies } from "#test/support/malformed.ts";
import { type Answer, startTestService, type TestService } from "#test/support/service.ts";

const NOW = Date.parse("2026-10-05T12:00:00Z");
const SEED = 20_261_005;
const COUNT = 1_000;

interface Sent {
  request: MalformedBody;
  answer: Answer;
}

interface Listed {
  index: number;
  code: string;
  path: string;
  message: string;
}

let running: TestService;
let sent: Sent[];
const before = Object.getOwnPropertyNames(Object.prototype).join();

beforeAll(async () => {
  running = await startTestService({ now: () => NOW });
  sent = [];
  for (const request of malformedBodies(SEED, COUNT)) {
    const { body, headers } = request;
    sent.push({ request, answer: await running.send(body, { headers }) });
  }
}, 120_000);
afterAll(() => running.stop());

/** The answers that break a promise, by the kind of body that brought them about. */
function wrong(isRight: (sent: Sent) => boolean): string[] {
  const kinds = sent
    .filter((each) => !isRight(each))
    .map(({ request, answer }) => `${request.kind}: ${answer.status} ${answer.text.slice(0, 200)}`);
  return [...new Set(kinds)];
}

const listedIn = ({ json }: Answer): Listed[] => (json["quarantined"] ?? []) as Listed[];

describe(`${COUNT} malformed bodies`, () => {
  it("are each answered with 202 or with a coded problem", () => {
    expect(
      wrong(({ answer: { status, json } }) =>
        status === 202
          ? typeof json["accepted"] === "number"
          : status < 500 && String(json["code"]) in ERRORS && json["status"] === status,
      ),
    ).toEqual([]);
  });

  it("get codes of the catalogue, a place and a sentence for everything refused", () => {
    expect(
      wrong(({ answer }) =>
        listedIn(answer).every(
          ({ code, index, path, message }) =>
            code in ERRORS &&
            Number.isInteger(index) &&
            typeof path === "string" &&
            message.length > 5,
        ),
      ),
    ).toEqual([]);
  });

  it("are refused in small answers", () => {
    expect(wrong(({ answer }) => answer.text.length < 20_000)).toEqual([]);
  });

  it("never sink a valid neighbour in the same body", () => {
    expect(
      wrong(({ request, answer }) =>
        request.valid.length === 0
          ? true
          : answer.status === 202 && Number(answer.json["accepted"]) >= request.valid.length,
      ),
    ).toEqual([]);
  });

  it("leave every valid neighbour in the log, once", async () => {
    const kept: string[] = [];
    for await (const page of running.service.ports.usageLog.readRange(-Infinity, Infinity)) {
      for (const entry of page) {
        if (entry.kind === "event" && entry.event.id.startsWith("valid-"))
          kept.push(entry.event.id);
      }
    }
    const wanted = sent.flatMap(({ request }) => request.valid);
    expect(wanted.length).toBeGreaterThan(COUNT);
    expect(kept.toSorted()).toEqual(wanted.toSorted());
  });

  it("are folded without a failure", async () => {
    const accepted = sent.reduce(
      (sum, { answer }) => sum + Number(answer.json["accepted"] ?? 0),
      0,
    );
    await running.folded(accepted);
    const { text } = await running.call("GET", "/metrics");
    expect(text).toMatch(/^meterhound_fold_failures 0$/m);
    expect(text).toMatch(/^meterhound_series_unwritten \d+$/m);
  });

  it("do not change what every object inherits", () => {
    expect(Object.getOwnPropertyNames(Object.prototype).join()).toBe(before);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it("leave a service that goes on working", async () => {
    const answer = await running.send({ id: "after", time: "2026-10-05T08:00:00Z" });
    expect(answer.json).toEqual({ accepted: 1, duplicates: 0, quarantined: [] });
    expect((await running.call("GET", "/readyz")).status).toBe(200);
    expect((await running.call("GET", "/api/v1/findings")).status).toBe(200);
  });
});

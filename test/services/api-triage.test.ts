import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Finding } from "#core/finding/finding.ts";
import type { HistoryEntry } from "#core/finding/history.ts";
import type { ApiToken } from "#services/config.ts";
import { removeScratch } from "#test/support/scratch.ts";
import { type Answer, startTestService, type TestService } from "#test/support/service.ts";
import { loop, ndjson, START } from "#test/support/traffic.ts";
import { until } from "#test/support/until.ts";

const TOKENS: readonly ApiToken[] = [
  { name: "ana", token: "ana", roles: ["analyst"], tenants: null },
  { name: "ben", token: "ben", roles: ["responder"], tenants: null },
  { name: "gw", token: "gw", roles: ["ingest"], tenants: null },
];

let running: TestService;
let finding: Finding;
let sent = 0;
let next = 0;

beforeAll(async () => {
  running = await startTestService({ tokens: TOKENS });
});
afterAll(async () => {
  await running.stop();
  removeScratch(running.dir);
});

/** A finding nobody has touched yet. */
beforeEach(async () => {
  const session = `s-${next++}`;
  await send(loop(session, { at: START + next * 3_600_000 }));
  finding = await until("the finding", async () => {
    const { json } = await running.call(
      "GET",
      `/api/v1/findings?from=${new Date(START + next * 3_600_000).toISOString()}`,
      { token: "ana" },
    );
    const found = (json["items"] as Finding[]).find(({ subject }) => subject.flow === session);
    return found?.severity === "high" && found;
  });
});

async function send(events: readonly object[]): Promise<void> {
  const answer = await running.send(ndjson(events), { token: "gw" });
  expect(answer.json["accepted"]).toBe(events.length);
  sent += events.length;
  await running.folded(sent);
}

const read = (): Promise<Answer> =>
  running.call("GET", `/api/v1/findings/${finding.id}`, { token: "ana" });

function patch(change: unknown, seen: number | string | null, token = "ana"): Promise<Answer> {
  return running.call("PATCH", `/api/v1/findings/${finding.id}`, {
    token,
    headers: seen === null ? {} : { "if-match": typeof seen === "number" ? `"${seen}"` : seen },
    body: typeof change === "string" ? change : JSON.stringify(change),
  });
}

describe("a person's change of a finding", () => {
  it("sets status, verdict and assignee and answers the finding with its new ETag", async () => {
    const answer = await patch(
      { status: "in_progress", assignee: "ana@acme.example", note: "looking" },
      finding.revision,
    );
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({
      id: finding.id,
      status: "in_progress",
      assignee: "ana@acme.example",
      verdict: null,
    });
    expect(answer.json["acknowledged_at"]).toEqual(expect.any(String));
    expect(answer.headers.get("etag")).toBe(`"${finding.revision + 1}"`);
    expect((await read()).json).toEqual(answer.json);
  });

  it("records that the incident is contained without a change of status", async () => {
    const answer = await patch({ contained: true }, finding.revision);
    expect(answer.json["status"]).toBe("new");
    expect(answer.json["contained_at"]).toEqual(expect.any(String));
  });

  it("resolves with a verdict given then or before", async () => {
    expect((await patch({ status: "resolved" }, finding.revision)).json).toMatchObject({
      status: 400,
      code: "MH_API_BAD_REQUEST",
    });
    expect((await read()).json["status"]).toBe("new");
    const judged = await patch({ verdict: "benign_expected" }, finding.revision);
    const resolved = await patch({ status: "resolved" }, judged.json["revision"] as number);
    expect(resolved.json).toMatchObject({ status: "resolved", verdict: "benign_expected" });
  });

  it("needs the ETag of what the person saw", async () => {
    expect((await patch({ status: "archived" }, null)).json).toMatchObject({
      status: 428,
      code: "MH_API_PRECONDITION_REQUIRED",
    });
    expect((await read()).json["status"]).toBe("new");
  });

  it("loses against a person who was faster, and says at which revision the finding is", async () => {
    expect((await patch({ status: "in_progress" }, finding.revision, "ben")).status).toBe(200);
    const late = await patch({ status: "archived" }, finding.revision);
    expect(late.status).toBe(412);
    expect(late.json).toMatchObject({ code: "MH_API_CONFLICT", revision: finding.revision + 1 });
    expect((await read()).json["status"]).toBe("in_progress");
  });

  it("wins once where several people change the same revision at the same moment", async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        patch({ note: `n${i}` }, finding.revision, i % 2 ? "ana" : "ben"),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      200,
      ...Array<number>(7).fill(412),
    ]);
  });

  it("does not lose against what detection learns in between, nor undo it", async () => {
    const more = loop(finding.subject.flow!, {
      at: Date.parse(finding.last_seen) + 120_000,
      times: 30,
    }).map((event) => ({ ...event, id: `more-${event.id}` }));
    await send(more);
    const updated = await until("an update by detection", async () => {
      const { json } = await read();
      return Number(json["revision"]) > finding.revision && json;
    });
    const answer = await patch({ status: "in_progress" }, finding.revision);
    expect(answer.status).toBe(200);
    const { evidence } = answer.json as unknown as Finding;
    expect(evidence.events).toBeGreaterThanOrEqual((updated as unknown as Finding).evidence.events);
    expect(evidence.events).toBeGreaterThan(finding.evidence.events);
  });

  it("keeps what people said when detection tells more", async () => {
    await patch({ status: "in_progress", assignee: "ana" }, finding.revision);
    const later = loop(finding.subject.flow!, {
      at: Date.parse(finding.last_seen) + 120_000,
      times: 30,
    });
    await send(later.map((event) => ({ ...event, id: `then-${event.id}` })));
    const updated = await until("an update by detection", async () => {
      const { json } = await read();
      return Number(json["revision"]) > finding.revision + 1 && json;
    });
    expect(updated).toMatchObject({ status: "in_progress", assignee: "ana" });
  });

  it.each<[string, unknown]>([
    ["an unknown field", { severity: "low" }],
    ["a field that only looks right", { Status: "new" }],
    ["an unknown status", { status: "closed" }],
    ["an unknown verdict", { verdict: "fine" }],
    ["nothing to change", {}],
    ["a list", []],
    ["null", null],
    ["a note that is too long", { note: "x".repeat(4_097) }],
    ["a body that is not JSON", "status=new"],
    ["no body", ""],
    ["a finding that is no longer contained", { contained: false }],
  ])("is refused with 400 where it has %s", async (_, change) => {
    expect((await patch(change, finding.revision)).json).toMatchObject({
      status: 400,
      code: "MH_API_BAD_REQUEST",
    });
    expect((await read()).json["revision"]).toBe(finding.revision);
  });

  it.each(["3", "*", '"x"', '"-1"', '"1", "2"', ""])(
    "is refused with 400 where If-Match is %s",
    async (etag) => {
      expect((await patch({ status: "archived" }, etag)).json).toMatchObject({
        status: 400,
        code: "MH_API_BAD_REQUEST",
      });
    },
  );

  it("conflicts with a revision that does not exist yet", async () => {
    expect((await patch({ status: "archived" }, finding.revision + 5)).status).toBe(412);
  });

  it("outlives a restart of the service", async () => {
    await patch({ status: "suppressed", verdict: "duplicate" }, finding.revision);
    const before = (await read()).json;
    await running.service.stop();
    running = await startTestService({ tokens: TOKENS, data_dir: running.dir });
    sent = 0;
    expect((await read()).json).toEqual(before);
  });
});

describe("a note to a finding", () => {
  const note = (body: unknown, token = "ana"): Promise<Answer> =>
    running.call("POST", `/api/v1/findings/${finding.id}/notes`, {
      token,
      body: JSON.stringify(body),
    });
  const notesOf = ({ json }: Answer): string[] =>
    (json["notes"] as { text: string }[]).map(({ text }) => text);

  it("is kept with who wrote it and when, beside those sent with a change", async () => {
    await patch({ status: "in_progress", note: "looking" }, finding.revision);
    const answer = await note({ text: " asked the owner " }, "ben");
    expect(answer.status).toBe(201);
    expect(answer.headers.get("etag")).toBe(`"${finding.revision + 2}"`);
    expect(answer.json["notes"]).toEqual([
      { id: `${finding.id}.h.1`, at: expect.any(String), by: "ana", text: "looking" },
      { id: `${finding.id}.h.2`, at: expect.any(String), by: "ben", text: "asked the owner" },
    ]);
    expect((await read()).json).toEqual(answer.json);
  });

  it("stands in the history between what detection and people did", async () => {
    await note({ text: "seen" });
    await patch({ verdict: "benign_expected" }, finding.revision);
    const steps = (await read()).json["history"] as HistoryEntry[];
    expect(steps[0]).toMatchObject({ kind: "opened", by: null, change: null });
    expect(steps.slice(-2)).toMatchObject([
      { kind: "noted", by: "ana", severity: null, change: { note: "seen" } },
      { kind: "triaged", by: "ana", change: { verdict: "benign_expected" } },
    ]);
  });

  it("takes nobody's change away: what was seen before it may still be changed", async () => {
    await note({ text: "first" }, "ben");
    expect((await patch({ status: "in_progress" }, finding.revision)).status).toBe(200);
  });

  it("conflicts with nothing: all of many at once are kept", async () => {
    const texts = Array.from({ length: 30 }, (_, i) => `n${i}`);
    const answers = await Promise.all([
      ...texts.map((text) => note({ text })),
      patch({ assignee: "ana" }, finding.revision),
    ]);
    expect(answers.slice(0, 30).map(({ status }) => status)).toEqual(texts.map(() => 201));
    expect(notesOf(await read()).toSorted()).toEqual(texts.toSorted());
  });

  it("acknowledges the finding", async () => {
    expect((await note({ text: "seen" })).json["acknowledged_at"]).toEqual(expect.any(String));
  });

  it.each<[string, unknown]>([
    ["no text", {}],
    ["an empty text", { text: "" }],
    ["blanks", { text: "  " }],
    ["too long a text", { text: "x".repeat(4_097) }],
    ["another field", { text: "x", by: "root" }],
  ])("is refused with 400 where it has %s", async (_, body) => {
    expect((await note(body)).json).toMatchObject({ status: 400, code: "MH_API_BAD_REQUEST" });
    expect(notesOf(await read())).toEqual([]);
  });

  it("is for those who may triage, on findings they may see", async () => {
    expect((await note({ text: "x" }, "gw")).status).toBe(403);
    const other = await running.call("POST", "/api/v1/findings/nothing/notes", {
      token: "ana",
      body: '{"text":"x"}',
    });
    expect(other.status).toBe(404);
  });
});

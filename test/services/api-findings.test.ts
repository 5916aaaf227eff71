import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Finding } from "#core/finding/finding.ts";
import { formatUsd, parseUsd } from "#core/money.ts";
import { rank } from "#core/severity.ts";
import type { FindingSummary } from "#services/api/finding-shape.ts";
import type { ApiToken } from "#services/config.ts";
import { type Answer, startTestService, type TestService } from "#test/support/service.ts";
import { loop, ndjson, START } from "#test/support/traffic.ts";
import { until } from "#test/support/until.ts";

const HOUR = 3_600_000;
const TOKENS: readonly ApiToken[] = [
  { name: "root", token: "root", roles: ["admin"], tenants: null },
  { name: "ana", token: "acme-analyst", roles: ["analyst"], tenants: ["acme"] },
  { name: "vic", token: "acme-viewer", roles: ["viewer"], tenants: ["acme"] },
  { name: "bob", token: "both-viewer", roles: ["viewer"], tenants: ["acme", "globex"] },
  { name: "gw", token: "ingest-only", roles: ["ingest"], tenants: null },
  { name: "soc", token: "siem", roles: ["siem"], tenants: null },
];

/** 21 loops of acme, one of globex, and a runaway flow of acme. */
const EVENTS = [
  ...Array.from({ length: 20 }, (_, i) =>
    loop(`busy-${i}`, { at: START + i * HOUR, times: i % 2 === 0 ? 3 : 12 }),
  ).flat(),
  ...loop("search-loop", {
    at: START + 20 * HOUR,
    times: 5,
    identity: { id: "svc-search" },
    attribution: { team: "search" },
  }),
  ...loop("other", { at: START + 21 * HOUR, tenant: "globex" }),
  ...Array.from({ length: 70 }, (_, i) =>
    loop("rush", {
      at: START + 22 * HOUR + i * 500,
      times: 1,
      id: `rush-${i}`,
      content: undefined,
      usage: { input_tokens: 100 + ((37 * i) % 701), output_tokens: 1 + ((11 * i) % 97) },
    }),
  ).flat(),
];

let running: TestService;
let all: Finding[];

const api = (path: string, token = "root"): Promise<Answer> =>
  running.call("GET", `/api/v1/findings${path}`, { token });
const itemsOf = ({ json }: Answer): Finding[] => json["items"] as Finding[];
const idsOf = (answer: Answer): string[] => itemsOf(answer).map(({ id }) => id);

beforeAll(async () => {
  running = await startTestService({ tokens: TOKENS });
  await running.send(ndjson(EVENTS), { token: "root" });
  await running.folded(EVENTS.length);
  all = await until("every finding", async () => {
    const items = itemsOf(await api("?limit=500"));
    return items.length >= 23 && items;
  });
});
afterAll(() => running.stop());

describe("the list of findings", () => {
  it("holds each once, the newest first", () => {
    expect(all).toHaveLength(23);
    const opened = all.map(({ opened_at }) => opened_at);
    expect(opened).toEqual(opened.toSorted().toReversed());
    expect(new Set(all.map(({ id }) => id)).size).toBe(23);
  });

  it.each<[string, (finding: Finding) => boolean, number]>([
    ["severity=low", ({ severity }) => severity === "low", 10],
    ["severity=low,medium", ({ severity }) => severity === "low" || severity === "medium", 12],
    ["family=runaway-agent", ({ family }) => family === "runaway-agent", 1],
    ["family=runaway-agent&severity=low", () => false, 0],
    ["status=new", () => true, 23],
    ["status=resolved,archived", () => false, 0],
    ["tenant=globex", ({ tenant }) => tenant === "globex", 1],
    ["tenant=nobody", () => false, 0],
    ["identity=svc-search", ({ subject }) => subject.identity === "svc-search", 1],
    ["team=search", ({ showback }) => showback.team === "search", 1],
    [
      `from=${new Date(START + 20 * HOUR).toISOString()}`,
      ({ opened_at }) => Date.parse(opened_at) >= START + 20 * HOUR,
      3,
    ],
    [
      `to=${new Date(START + HOUR).toISOString()}`,
      ({ opened_at }) => Date.parse(opened_at) < START + HOUR,
      1,
    ],
    ["q=SVC-Search", ({ subject }) => subject.identity === "svc-search", 1],
    ["q=nothing+like+that", () => false, 0],
  ])("selects by %s", async (query, belongs, count) => {
    const answer = await api(`?limit=500&${query}`);
    expect(idsOf(answer)).toEqual(all.filter(belongs).map(({ id }) => id));
    expect(idsOf(answer)).toHaveLength(count);
  });

  it("comes in pages that together are the whole, in order", async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    let pages = 0;
    do {
      const answer: Answer = await api(`?limit=5${cursor === null ? "" : `&cursor=${cursor}`}`);
      expect(answer.status).toBe(200);
      seen.push(...idsOf(answer));
      cursor = answer.json["next"] as string | null;
      pages += 1;
    } while (cursor !== null);
    expect(pages).toBe(5);
    expect(seen).toEqual(all.map(({ id }) => id));
  });

  it("has no next page where the last item is shown", async () => {
    expect((await api("?limit=23")).json["next"]).toBeNull();
    expect((await api("?limit=22")).json["next"]).toEqual(expect.any(String));
  });

  it.each<[string, (cursor: string) => string]>([
    [
      "changed in its text",
      (cursor) => cursor.slice(0, -2) + (cursor.endsWith("AA") ? "BB" : "AA"),
    ],
    [
      "changed in its signature",
      (cursor) => (cursor.startsWith("A") ? "B" : "A") + cursor.slice(1),
    ],
    ["cut", (cursor) => cursor.slice(0, 12)],
    ["no cursor at all", () => "next"],
    ["empty", () => ""],
    ["of another filter", (cursor) => `${cursor}&severity=low`],
  ])("refuses a cursor that is %s", async (_, change) => {
    const cursor = (await api("?limit=5")).json["next"] as string;
    const answer = await api(`?limit=5&cursor=${change(cursor)}`);
    expect(answer.json).toMatchObject({ status: 400, code: "MH_API_CURSOR" });
  });

  it("refuses a cursor that another token was given", async () => {
    const cursor = (await api("?limit=5", "both-viewer")).json["next"] as string;
    expect((await api(`?limit=5&cursor=${cursor}`, "both-viewer")).status).toBe(200);
    expect((await api(`?limit=5&cursor=${cursor}`, "acme-viewer")).json["code"]).toBe(
      "MH_API_CURSOR",
    );
  });

  it.each([
    "color=red",
    "severity=urgent",
    "status=open",
    "family=loops",
    "limit=0",
    "limit=501",
    "limit=many",
    "from=yesterday",
    "to=2026-10-05",
    "tenant=a&tenant=b",
    `q=${"x".repeat(201)}`,
  ])("refuses %s with 400 and the name of the parameter", async (query) => {
    const answer = await api(`?${query}`);
    expect(answer.json).toMatchObject({ status: 400, code: "MH_API_BAD_REQUEST" });
    expect(answer.json["title"]).toContain(query.split("=")[0]);
  });
});

describe("one finding", () => {
  it("comes with its revision as ETag and equals its entry in the list", async () => {
    const [first] = all;
    const answer = await api(`/${first!.id}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("etag")).toBe(`"${first!.revision}"`);
    expect(answer.json).toMatchObject({ ...first });
  });

  it.each(["nobody", "..%2f..", "%00", "a".repeat(90), "__proto__"])(
    "is not found as %s",
    async (id) => {
      const answer = await api(`/${id}`);
      expect(answer.json).toMatchObject({ status: 404, code: "MH_API_NOT_FOUND" });
    },
  );
});

describe("the list of findings by risk", () => {
  const riskOf = ({ severity, showback }: Finding): [number, number] => [
    rank(severity),
    showback.excess === null ? -Infinity : Number(showback.excess),
  ];

  it("begins with the worst severity, then the highest excess", async () => {
    const items = itemsOf(await api("?sort=risk&limit=500"));
    expect(new Set(items.map(({ id }) => id))).toEqual(new Set(all.map(({ id }) => id)));
    const risks = items.map(riskOf);
    expect(risks).toEqual(risks.toSorted((a, b) => b[0] - a[0] || b[1] - a[1]));
    expect(new Set(risks.map(([severity]) => severity)).size).toBeGreaterThan(1);
  });

  it("comes in pages that together are the whole, in order", async () => {
    const whole = idsOf(await api("?sort=risk&limit=500"));
    const paged: string[] = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const answer: Answer = await api(
        `?sort=risk&limit=4${cursor === "" ? "" : `&cursor=${cursor}`}`,
      );
      paged.push(...idsOf(answer));
      cursor = answer.json["next"] as string | null;
    }
    expect(paged).toEqual(whole);
  });

  it("refuses the cursor of the other order", async () => {
    const cursor = (await api("?sort=risk&limit=5")).json["next"] as string;
    expect((await api(`?limit=5&cursor=${cursor}`)).json["code"]).toBe("MH_API_CURSOR");
  });
});

describe("the summary of findings", () => {
  const summary = async (query: string, token?: string): Promise<FindingSummary> =>
    (await api(`/summary${query}`, token)).json as unknown as FindingSummary;
  const countBy = (findings: readonly Finding[], keyOf: (finding: Finding) => string) =>
    Object.fromEntries(
      [...new Set(findings.map(keyOf))].map((key) => [
        key,
        findings.filter((finding) => keyOf(finding) === key).length,
      ]),
    );

  it("counts each facet, and what is open with its money", async () => {
    const counts = await summary("");
    expect(counts).toMatchObject({
      total: 23,
      status: { new: 23 },
      severity: countBy(all, ({ severity }) => severity),
      family: countBy(all, ({ family }) => family),
      team: countBy(all, ({ showback }) => showback.team!),
    });
    const excess = all.reduce((sum, { showback }) => sum + parseUsd(showback.excess ?? "0")!, 0n);
    expect(counts.open).toMatchObject({ excess: formatUsd(excess), unpriced: 0 });
    expect(counts.open.severity).toEqual(counts.severity);
  });

  it("counts a facet under the filters of the others, so that it can be widened", async () => {
    const low = all.filter(({ severity }) => severity === "low");
    const counts = await summary("?severity=low");
    expect(counts.total).toBe(low.length);
    expect(counts.severity).toEqual(countBy(all, ({ severity }) => severity));
    expect(counts.family).toEqual(countBy(low, ({ family }) => family));
    expect((await summary("?severity=low&family=runaway-agent")).severity).toEqual(
      countBy(
        all.filter(({ family }) => family === "runaway-agent"),
        ({ severity }) => severity,
      ),
    );
  });

  it("counts a token's tenants only", async () => {
    expect((await summary("", "acme-viewer")).total).toBe(22);
    expect((await summary("?tenant=globex", "acme-viewer")).total).toBe(0);
    expect((await api("/summary", "ingest-only")).status).toBe(403);
  });
});

describe("tenants and roles", () => {
  it("shows a token the findings of its tenants only, in list and search", async () => {
    const query = "?limit=500";
    expect(itemsOf(await api(query, "acme-viewer")).every(({ tenant }) => tenant === "acme")).toBe(
      true,
    );
    expect(itemsOf(await api(query, "acme-viewer"))).toHaveLength(22);
    expect(itemsOf(await api(query, "both-viewer"))).toHaveLength(23);
    expect(itemsOf(await api("?tenant=globex", "acme-viewer"))).toEqual([]);
    const { id } = all.find(({ tenant }) => tenant === "globex")!;
    expect(itemsOf(await api(`?q=${id}`, "acme-viewer"))).toEqual([]);
    expect(itemsOf(await api(`?q=${id}`, "both-viewer"))).toHaveLength(1);
  });

  it("answers 404, not 403, for another tenant's finding, to read and to change", async () => {
    const { id } = all.find(({ tenant }) => tenant === "globex")!;
    expect((await api(`/${id}`, "acme-viewer")).status).toBe(404);
    const change = await running.call("PATCH", `/api/v1/findings/${id}`, {
      token: "acme-analyst",
      headers: { "if-match": '"1"' },
      body: '{"status":"archived"}',
    });
    expect(change.status).toBe(404);
    expect((await api(`/${id}`)).json["status"]).toBe("new");
  });

  it.each([
    ["GET", "", "ingest-only", 403, "MH_API_FORBIDDEN"],
    ["GET", "", "", 401, "MH_API_UNAUTHENTICATED"],
    ["GET", "", "wrong", 401, "MH_API_UNAUTHENTICATED"],
    ["GET", "/id", "ingest-only", 403, "MH_API_FORBIDDEN"],
    ["PATCH", "/id", "acme-viewer", 403, "MH_API_FORBIDDEN"],
    ["PATCH", "/id", "siem", 403, "MH_API_FORBIDDEN"],
    ["PATCH", "/id", "ingest-only", 403, "MH_API_FORBIDDEN"],
  ])("refuses %s findings%s with the token '%s'", async (method, path, token, status, code) => {
    const id = all[0]!.id;
    const answer = await running.call(method, `/api/v1/findings${path.replace("id", id)}`, {
      token,
      headers: { "if-match": '"1"' },
      ...(method === "PATCH" && { body: '{"note":"x"}' }),
    });
    expect(answer.json).toMatchObject({ status, code });
    expect(answer.headers.get("content-type")).toMatch(/^application\/problem\+json/);
  });

  it("lets a SIEM's token read everything", async () => {
    expect(itemsOf(await api("?limit=500", "siem"))).toHaveLength(23);
  });
});

describe("what is not there", () => {
  it.each([
    ["GET", "/api/v1/nothing", 404, "MH_API_NOT_FOUND"],
    ["DELETE", "/api/v1/findings", 404, "MH_API_NOT_FOUND"],
    ["GET", "/v1/events", 404, "MH_API_NOT_FOUND"],
    ["GET", "/api/v1/findings/%E0%A4%A", 400, "MH_API_BAD_REQUEST"],
  ])(
    "answers %s %s with a problem that has code and remedy",
    async (method, path, status, code) => {
      const answer = await running.call(method, path, { token: "root" });
      expect(answer.headers.get("content-type")).toMatch(/^application\/problem\+json/);
      expect(answer.json).toMatchObject({ status, code, type: `urn:meterhound:error:${code}` });
      expect(answer.json["remedy"]).toMatch(/\w+ \w+/);
      expect(answer.status).toBe(status);
    },
  );
});

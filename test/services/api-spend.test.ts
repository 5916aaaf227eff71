import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Finding } from "#core/finding/finding.ts";
import type { FindingDetail } from "#core/finding/history.ts";
import type { FlowReport } from "#core/flow/report.ts";
import { formatTime, HOUR, MINUTE } from "#core/time.ts";
import type { TimelineReport } from "#core/timeline/report.ts";
import type { IdentityDetail, IdentityItem } from "#services/api/identity-shape.ts";
import type { ApiToken } from "#services/config.ts";
import { usageEvent } from "#test/support/events.ts";
import { openEventStream } from "#test/support/event-stream.ts";
import { createInstallation, type Installation } from "#test/support/installation.ts";
import { describeOnServers } from "#test/support/on-servers.ts";
import { type Answer, startTestService, type TestService } from "#test/support/service.ts";
import { loop, ndjson, START } from "#test/support/traffic.ts";
import { until } from "#test/support/until.ts";

const TOKENS: readonly ApiToken[] = [
  { name: "root", token: "root", roles: ["admin"], tenants: null },
  { name: "vic", token: "vic", roles: ["viewer"], tenants: ["acme"] },
  { name: "glo", token: "glo", roles: ["viewer"], tenants: ["globex"] },
];

const HOSTILE = "odd/na me?#%🚀";

/** A loop of svc-chat, a flow of spans, usage that names nobody, and another tenant's. */
const EVENTS = [
  ...loop("looping", { times: 12 }),
  ...["root", "plan", "search", "search", "write"].map((step, i) =>
    usageEvent({
      id: `step-${i}`,
      time: formatTime(START + HOUR + i * 1_000),
      identity: { id: HOSTILE, credential: `fp-${i % 2}` },
      attribution: { team: "search" },
      flow: {
        session: undefined,
        trace: HOSTILE,
        span: `span-${i}`,
        parent_span: ["", "span-0", "span-1", "span-1", "span-0"][i] || undefined,
        agent: step,
      },
      model: { served: `model-${i}`, requested: `model-${i}` },
      cost: { amount: `0.0${i + 1}`, currency: "USD", basis: "reported" },
      content: undefined,
    }),
  ),
  usageEvent({ id: "nobody", time: formatTime(START + 2 * HOUR), identity: undefined }),
  usageEvent({ id: "other", tenant: "globex", time: formatTime(START + 2 * HOUR) }),
];
const range = `from=${formatTime(START - HOUR)}&to=${formatTime(START + 5 * HOUR)}`;
const flowPath = encodeURIComponent(HOSTILE);

function describeSpend(name: string, start: () => Promise<TestService>): void {
  describe(`spend over ${name}`, () => {
    let running: TestService;
    let finding: Finding;
    const api = (path: string, token = "root"): Promise<Answer> =>
      running.call("GET", `/api/v1/${path}`, { token });
    const timeline = async (query: string, token?: string): Promise<TimelineReport> =>
      (await api(`timeline?${range}&${query}`, token)).json as unknown as TimelineReport;

    beforeAll(async () => {
      running = await start();
      await running.send(ndjson(EVENTS), { token: "root" });
      await running.folded(EVENTS.length);
      finding = await until("the loop's finding", () =>
        running.service.findings.all().find(({ severity, subject }) => {
          return severity === "high" && subject.flow === "looping";
        }),
      );
      await until("the series", async () => {
        const points = await timeline("step=1h");
        const calls = points.series.flatMap((each) => each.points.map((point) => point.calls));
        return calls.reduce((sum, each) => sum + each, 0) === EVENTS.length;
      });
    }, 60_000);
    afterAll(() => running.stop());

    it("is told over time, split, with the findings on it", async () => {
      const report = await timeline("tenant=acme&by=model&identity=" + flowPath);
      expect(report.series.map(({ value, total }) => [value, total.cost])).toEqual([
        ["model-4", "0.05"],
        ["model-3", "0.04"],
        ["model-2", "0.03"],
        ["model-1", "0.02"],
        ["model-0", "0.01"],
      ]);
      expect(report.annotations).toEqual([]);
      const chat = await timeline(`identity=${finding.subject.identity}`);
      expect(chat.annotations[0]).toMatchObject({
        finding: finding.id,
        severity: "high",
        opened_at: finding.opened_at,
      });
    });

    it("is set apart in a window, to the picodollar", async () => {
      const [from, to] = [START + HOUR, START + HOUR + MINUTE].map(formatTime);
      const { window } = await timeline(`tenant=acme&window_from=${from}&window_to=${to}&by=team`);
      expect(window?.inside).toMatchObject({ from, to, total: { cost: "0.15", calls: 5 } });
      expect(window?.inside.split.find(({ value }) => value === "search")?.total.calls).toBe(5);
      expect(window?.before.total.calls).toBe(12);
      expect(window?.basis).toBe("before");
    });

    it("shows a token its tenants only", async () => {
      expect((await timeline("by=tenant")).series.map(({ value }) => value)).toEqual([
        "acme",
        "globex",
      ]);
      const own = await timeline("by=tenant", "glo");
      expect(own.series.map(({ value }) => value)).toEqual(["globex"]);
      expect(own.annotations).toEqual([]);
      expect((await timeline("tenant=acme", "glo")).series[0]!.points).toEqual([]);
    });

    it.each([
      ["step=90s", "step"],
      ["step=x", "step"],
      ["window_from=2026-10-05T07:00:00Z", "window_from"],
      ["window_from=2026-10-05T07:00:00Z&window_to=2026-10-05T07:00:00Z", "window_to"],
      ["by=nothing", "by"],
      ["step=1m&from=2020-01-01", "points"],
    ])("is refused with 400 for %s", async (query, place) => {
      const { status, json } = await api(`timeline?to=2026-10-06&${query}`);
      expect(status).toBe(400);
      expect(json["title"]).toContain(place);
    });

    it("is told call by call in the tree of a flow", async () => {
      const { json } = await api(`flows/${flowPath}?${range}`, "vic");
      const flow = json as unknown as FlowReport;
      expect(flow).toMatchObject({ tenant: "acme", lineage: "edges", partial: null, depth: 3 });
      expect(
        flow.nodes.map(({ agent, depth, own, subtree }) => [agent, depth, own.cost, subtree.cost]),
      ).toEqual([
        ["root", 0, "0.01", "0.15"],
        ["plan", 1, "0.02", "0.09"],
        ["search", 2, "0.03", "0.03"],
        ["search", 2, "0.04", "0.04"],
        ["write", 1, "0.05", "0.05"],
      ]);
    });

    it("finds the calls of a flow by its finding, without being told when", async () => {
      const flow = (await api("flows/looping")).json as unknown as FlowReport;
      expect(flow).toMatchObject({ lineage: "session", total: { calls: 12 }, depth: 1 });
      expect(flow.nodes).toHaveLength(1);
      expect(flow.nodes[0]).toMatchObject({ count: 12, agent: "main", parent: null });
      expect(flow.findings).toEqual([finding.id]);
    });

    it("answers 404 for a flow that is not there, or another's", async () => {
      expect((await api(`flows/nothing?${range}`)).status).toBe(404);
      expect((await api(`flows/looping?${range}`, "glo")).status).toBe(404);
      expect((await api(`flows/looping?${range}&tenant=globex`)).status).toBe(404);
    });

    it("is listed by identity, the dearest first, page by page", async () => {
      const to = `to=${formatTime(START + 3 * HOUR)}`;
      const whole = (await api(`identities?${to}`)).json["items"] as IdentityItem[];
      expect(whole).toHaveLength(4);
      const spends = whole.map(({ spend }) => Number(spend.week));
      expect(spends).toEqual(spends.toSorted((a, b) => b - a));
      expect(whole.find(({ identity }) => identity === HOSTILE)).toEqual({
        tenant: "acme",
        identity: HOSTILE,
        type: expect.toSatisfy((type) => type === null || typeof type === "string"),
        owner: null,
        team: "search",
        last_seen: formatTime(START + HOUR),
        calls: { day: 5, week: 5 },
        spend: { day: "0.15", week: "0.15" },
        unpriced_calls: 0,
        open_findings: 0,
        worst_open: null,
      });
      expect(whole.find(({ identity }) => identity === finding.subject.identity)).toMatchObject({
        worst_open: "high",
        calls: { week: 12 },
      });
      const paged: IdentityItem[] = [];
      for (let cursor: string | null = ""; cursor !== null;) {
        const more = cursor === "" ? "" : `&cursor=${cursor}`;
        const { json }: Answer = await api(`identities?limit=1&${to}${more}`);
        paged.push(...(json["items"] as IdentityItem[]));
        cursor = json["next"] as string | null;
      }
      expect(paged).toEqual(whole);
      const named = await api(`identities?${to}&q=NA%20ME&team=search`);
      expect((named.json["items"] as IdentityItem[]).map(({ identity }) => identity)).toEqual([
        HOSTILE,
      ]);
      expect((await api(`identities?${to}`, "glo")).json["items"]).toHaveLength(1);
    });

    it("is told of one identity by credential, model and team", async () => {
      const to = `to=${formatTime(START + 3 * HOUR)}`;
      const { json } = await api(`identities/${flowPath}?${to}`, "vic");
      const { week, identity } = json as unknown as IdentityDetail;
      expect(identity).toBe(HOSTILE);
      expect(week.credentials.map(({ value, total }) => [value, total.cost])).toEqual([
        ["fp-0", "0.09"],
        ["fp-1", "0.06"],
      ]);
      expect(week.models).toHaveLength(5);
      const chat = await api(`identities/${finding.subject.identity}?${to}`, "vic");
      expect(chat.json["findings"]).toMatchObject([{ finding: finding.id }]);
      expect((await api(`identities/_none?${to}`)).json).toMatchObject({ identity: null });
      expect((await api(`identities/${flowPath}?${to}`, "glo")).status).toBe(404);
      expect((await api(`identities/nothing?${to}`)).status).toBe(404);
    });

    it("has a finding that takes notes, each streamed once", async () => {
      const stream = await openEventStream(`${running.service.address}/api/v1/stream`, {
        authorization: "Bearer vic",
      });
      const texts = ["first", "second", "third"];
      const path = `/api/v1/findings/${finding.id}/notes`;
      const note = (text: string): Promise<Answer> =>
        running.call("POST", path, { token: "root", body: JSON.stringify({ text }) });
      await Promise.all(texts.map(note));
      const told = await stream.received(3);
      expect(told.map(({ event }) => event)).toEqual(["noted", "noted", "noted"]);
      const resumed = await openEventStream(`${running.service.address}/api/v1/stream`, {
        authorization: "Bearer vic",
        "last-event-id": told[0]!.id,
      });
      expect((await resumed.received(2)).map(({ id }) => id)).toEqual(
        told.slice(1).map(({ id }) => id),
      );
      const { notes } = (await api(`findings/${finding.id}`)).json as unknown as FindingDetail;
      expect(notes.map(({ text }) => text)).toEqual(texts);
      stream.close();
      resumed.close();
    });
  });
}

describeSpend("the embedded engine", () => startTestService({ tokens: TOKENS }));

await describeOnServers("spend", ({ nats, influx }) => {
  const installations: Installation[] = [];
  describeSpend("NATS and InfluxDB", async () => {
    const installation = await createInstallation({ servers: { natsUrl: nats.url(), influx } });
    installations.push(installation);
    const { nats: bus, influx: series } = installation.settings;
    return startTestService({ tokens: TOKENS, nats: bus, influx: series });
  });
  afterAll(() => Promise.all(installations.map(({ dispose }) => dispose())));
});

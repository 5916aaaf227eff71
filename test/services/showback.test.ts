import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatUsd, parseUsd, PICO_PER_USD } from "#core/money.ts";
import { partitionOf } from "#core/partition.ts";
import type { UsageEvent } from "#core/event.ts";
import type { LogEntry } from "#core/pipeline/fold.ts";
import { NONE, type Rollup, type RollupKey } from "#core/pipeline/rollup.ts";
import type { ResolvedEvent } from "#core/pipeline/sort-window.ts";
import type { UsageLog } from "#core/ports/usage-log.ts";
import { type Dimension, DIMENSION_NAMES, UNATTRIBUTED } from "#core/showback/dimension.ts";
import type { Figures } from "#core/showback/figures.ts";
import type { ShowbackReport } from "#core/showback/report.ts";
import { formatTime, HOUR, SECOND } from "#core/time.ts";
import type { ApiToken, Settings } from "#services/config.ts";
import { readCsv } from "#test/support/csv.ts";
import { type Overrides, usageEvent } from "#test/support/events.ts";
import { resolveEvents } from "#test/support/load.ts";
import { START } from "#test/support/observed.ts";
import { makeScratch, removeScratch } from "#test/support/scratch.ts";
import {
  type Answer,
  startTestService,
  testSettings,
  type TestService,
} from "#test/support/service.ts";
import { troubledStream } from "#test/support/streams.ts";
import { ndjson } from "#test/support/traffic.ts";
import { until } from "#test/support/until.ts";

const TOKENS: readonly ApiToken[] = [
  { name: "root", token: "root", roles: ["admin"], tenants: null },
  { name: "vic", token: "acme-viewer", roles: ["viewer"], tenants: ["acme"] },
  { name: "gw", token: "ingest-only", roles: ["ingest"], tenants: null },
];
const FILES = {
  "identities.yml": "identities: [{ id: svc, team: platform }]",
  "showback.yml":
    'shared: [{ name: agents, match: { "attribution.team": agents }, split: requests }]',
  "charges.yml": `charges:
  - { name: seats, vendor: anthropic, amount: "31", period: { from: 2026-10-01, until: 2026-11-01 }, driver: tokens }`,
};
const sent = ["acme", "globex"].flatMap((tenant, i) =>
  troubledStream(i + 1, tenant).map(({ event }) => event),
);
/** Five whole days around the stream: 5/31 of the charge. */
const NOBODYS = { cost_center: undefined, service: undefined, environment: undefined };
const AFTER = START + 87 * HOUR;
const DAYS = "from=2026-10-04&to=2026-10-09";
const CHARGED = 5n * PICO_PER_USD;

let site: string;
let running: TestService;
/** What ingest makes of the events sent. */
let events: ResolvedEvent[];

const get = (query: string, token = "root"): Promise<Answer> =>
  running.call("GET", `/api/v1/showback?${query}`, { token });
const report = async (query: string, token?: string): Promise<ShowbackReport> => {
  const { status, text, json } = await get(query, token);
  expect([status, text.slice(0, 200)]).toEqual([200, expect.any(String)]);
  return json as unknown as ShowbackReport;
};
const spentBy = (tenants: readonly string[]): bigint =>
  sum(events.filter(({ event }) => tenants.includes(event.tenant)).map(({ cost }) => cost ?? 0n));
const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((a, b) => a + b, 0n);
const sumOf = (lines: readonly Pick<Figures, "cost">[]): bigint =>
  sum(lines.map(({ cost }) => parseUsd(cost)!));

beforeAll(async () => {
  site = makeScratch();
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(site, name), text);
  const settings: Partial<Settings> = {
    identities: [join(site, "identities.yml")],
    showback: [join(site, "showback.yml")],
    charges: [join(site, "charges.yml")],
  };
  events = await resolveEvents(testSettings(site, settings), sent);
  running = await startTestService({ tokens: TOKENS, ...settings });
  await running.send(ndjson(sent), { token: "root" });
  await repeatInLog(running.service.ports.usageLog, 500);
  await running.folded(sent.length + 500);
}, 60_000);
afterAll(async () => {
  await running.stop();
  removeScratch(site);
});

/** What the retry of an append leaves behind: entries of the log that stand in it twice. */
async function repeatInLog(log: UsageLog, count: number): Promise<void> {
  let left = count;
  for await (const page of log.readRange(-Infinity, Infinity)) {
    for (const { sequence: _, ...entry } of page.slice(0, left) as EventEntry[]) {
      const partition = partitionOf(entry.event.tenant, log.partitions);
      await log.append([{ partition, entries: [entry] }]);
      left -= 1;
    }
    if (left === 0) return;
  }
}
type EventEntry = Extract<LogEntry, { kind: "event" }>;

describe("GET /api/v1/showback", () => {
  it("adds up to the cost of the events and the charges, under every grouping", async () => {
    for (const name of DIMENSION_NAMES) {
      const { items, totals } = await report(`${DAYS}&group_by=${name}`);
      expect(sumOf(items), name).toBe(spentBy(["acme", "globex"]) + CHARGED);
      expect(sumOf([totals]), name).toBe(sumOf(items));
    }
    const { items } = await report(`${DAYS}&group_by=team,model,tenant`);
    expect(sumOf(items)).toBe(spentBy(["acme", "globex"]) + CHARGED);
    expect(items[0]!.group).toEqual({
      team: "assist",
      model: "claude-sonnet-4-5",
      tenant: expect.stringMatching(/^(acme|globex)$/) as string,
    });
  });

  it("says what is shared and charged, and who bears it", async () => {
    const { pools, totals } = await report(DAYS);
    expect(pools.map(({ name, source, no_driver }) => [name, source, no_driver])).toEqual([
      ["agents", "usage", "0"],
      ["seats", "charge", "0"],
    ]);
    expect(
      sumOf([{ cost: totals.direct }, { cost: totals.shared }, { cost: totals.unattributed }]),
    ).toBe(sumOf([totals]));
    expect(parseUsd(totals.basis.allocated)).toBe(parseUsd(totals.shared));
  });

  it("shows the reader of one tenant that tenant only", async () => {
    const own = await report(`${DAYS}&group_by=tenant`, "acme-viewer");
    const all = await report(`${DAYS}&group_by=tenant`);
    expect(own.items).toEqual(all.items.filter(({ group }) => group.tenant === "acme"));
    expect(own.items).toHaveLength(1);
    expect((await report(`${DAYS}&tenant=globex`, "acme-viewer")).items).toEqual([]);
    const quality = await report(`${DAYS}&quality=true`, "acme-viewer");
    expect(quality.quality!.tenants.map(({ tenant }) => tenant)).toEqual(["acme"]);
    expect(quality.quality!.conflicts.every(({ tenant }) => tenant === "acme")).toBe(true);
  });

  it("takes by default the thirty days up to the newest event", async () => {
    const { period, totals } = await report("");
    expect(period).toEqual({ from: "2026-09-08T15:00:00.000Z", to: "2026-10-08T15:00:00.000Z" });
    expect(totals.calls).toBe(events.length);
  });

  it("puts the period before beside it where the log reaches back so far", async () => {
    const [first, second] = await Promise.all(
      [
        "from=2026-10-05T00:00:00Z&to=2026-10-05T12:00:00Z",
        "from=2026-10-05T12:00:00Z&to=2026-10-06",
      ].map((period) => report(period)),
    );
    expect(first!.comparison.unavailable).toBe("the log began later");
    expect(first!.totals.variance).toBeNull();
    expect(second!.totals.expected).toBe(first!.totals.cost);
    const [before, now] = [first!, second!].map(({ totals }) => parseUsd(totals.cost)!);
    expect(second!.totals.variance).toBe(formatUsd(now! - before!));
  });

  it("tells the conflicts between tags and directory, with both sides and the money", async () => {
    const { quality } = await report(`${DAYS}&quality=true&tenant=acme`);
    expect(quality!.conflicts[0]).toMatchObject({
      identity: "svc",
      field: "team",
      declared: "assist",
      directory: "platform",
    });
    expect(quality!.readiness.map(({ level }) => level)).toEqual(["crawl", "walk", "run"]);
  });

  it("answers CSV", async () => {
    const { status, headers, text } = await get(`${DAYS}&format=csv&group_by=team,kind`);
    expect([status, headers.get("content-type")]).toEqual([200, "text/csv; charset=utf-8"]);
    const lines = text.trimEnd().split("\r\n");
    const { items } = await report(`${DAYS}&group_by=team,kind`);
    expect(lines).toHaveLength(items.length + 1);
    expect(lines[1]).toContain(`,assist,inference,USD,${items[0]!.cost},`);
  });

  it("answers the same money as a FOCUS dataset, of the tenants the caller may see", async () => {
    const { status, headers, text } = await get(`${DAYS}&format=focus`);
    expect([status, headers.get("content-type")]).toEqual([200, "text/csv; charset=utf-8"]);
    const rows = readCsv(text);
    const billed = rows.map((row) => parseUsd(row["BilledCost"]!)!);
    expect(sum(billed)).toBe(spentBy(["acme", "globex"]) + CHARGED);
    const own = readCsv((await get(`${DAYS}&format=focus`, "acme-viewer")).text);
    expect(own).toEqual(rows.filter((row) => row["BillingAccountId"] === "acme"));
  });

  it.each([
    ["format=xlsx", /^format: .*json.*csv.*focus/],
    ["format=focus&group_by=team", /^group_by: focus has rows of its own/],
    ["format=focus&quality=true", "quality: comes as json only"],
    ["group_by=taem", /^group_by\.0: .*team/],
    ["group_by=team,team", "group_by: names a dimension twice"],
    ["from=yesterday", "from: must be a date like 2026-07-01 or an RFC 3339 time"],
    ["from=2026-10-08&to=2026-10-08", "to: must be after from"],
    ["format=csv&quality=true", "quality: comes as json only"],
    ["colour=red", /colour/],
  ])("refuses %s with a reason", async (query, title) => {
    const { status, json } = await get(query);
    expect([status, json["code"]]).toEqual([400, "MH_API_BAD_REQUEST"]);
    expect(json["title"]).toEqual(typeof title === "string" ? title : expect.stringMatching(title));
  });

  it("needs a token that may read", async () => {
    expect((await get(DAYS, "ingest-only")).status).toBe(403);
    expect((await running.call("GET", "/api/v1/showback")).status).toBe(401);
  });
});

describe("statements and rollups", () => {
  const KEYS = {
    tenant: "tenant",
    identity: "identity",
    model: "model",
    environment: "environment",
    team: "team",
    cost_center: "cost_center",
  } as const satisfies Partial<Record<Dimension, keyof RollupKey>>;

  /** After the stream: a flow and a tree whose owners come late, and a call that two records tell of. */
  const OWNED_LATE = [
    late({ id: "late-1", flow: { session: "late", trace: undefined, span: undefined } }),
    late({ id: "late-2", flow: { session: "late" }, attribution: { team: "search" } }),
    late({ id: "child", flow: { trace: "tree", span: "b", parent_span: "a" } }),
    late({ id: "root", flow: { trace: "tree", span: "a" }, attribution: { team: "root" } }),
    late({ id: "whole", flow: undefined, revision: 1, usage: undefined, cost: undefined }),
    late({ id: "whole", flow: undefined, outcome: undefined }),
  ].map((event, i) => ({ ...event, time: formatTime(AFTER + i * SECOND) }));

  it("hold the same money and calls, by everything both know", async () => {
    const unshared = await startTestService();
    try {
      const all = [...sent, ...OWNED_LATE];
      await unshared.send(ndjson(all));
      await unshared.folded(all.length);
      const rollups = await until("every call in the series", async () => {
        const stored = await unshared.service.ports.series.rollups(-Infinity, Infinity);
        const calls = stored.reduce((sum_, rollup) => sum_ + rollup.calls, 0);
        return calls === all.length - 1 && stored;
      });
      const by = Object.keys(KEYS) as (keyof typeof KEYS)[];
      const { json } = await unshared.call("GET", `/api/v1/showback?${DAYS}&group_by=${by.join()}`);
      const { items } = json as unknown as ShowbackReport;
      const stated = items.map(({ group, cost, calls, input_tokens, output_tokens, unpriced }) => {
        const names = by.map((name) => group[name]).join(" ");
        return `${names}: ${parseUsd(cost)} ${calls} ${input_tokens} ${output_tokens} ${unpriced.calls}`;
      });
      expect(stated.toSorted()).toEqual(linesOfRollups(rollups, by));
      expect(stated.length).toBeGreaterThan(5);
    } finally {
      await unshared.stop();
    }
  });

  /** A call that says nothing of whose it is, unless the test does. */
  function late({ attribution, ...more }: Overrides<UsageEvent>): UsageEvent {
    const identity = { owner: undefined };
    const { team } = attribution ?? {};
    return usageEvent({ ...more, identity, attribution: { ...NOBODYS, team } });
  }

  function linesOfRollups(rollups: readonly Rollup[], by: readonly (keyof RollupKey)[]): string[] {
    const lines = new Map<string, { cost: bigint; counts: number[] }>();
    for (const rollup of rollups) {
      const names = by.map((name) => rollup[name].replace(NONE, UNATTRIBUTED)).join(" ");
      const { calls, input_tokens, output_tokens, unpriced_calls } = rollup;
      const { cost, counts } = lines.get(names) ?? { cost: 0n, counts: [0, 0, 0, 0] };
      const more = [calls, input_tokens, output_tokens, unpriced_calls];
      lines.set(names, { cost: cost + rollup.cost, counts: counts.map((n, i) => n + more[i]!) });
    }
    return [...lines]
      .map(([names, { cost, counts }]) => `${names}: ${cost} ${counts.join(" ")}`)
      .toSorted();
  }
});

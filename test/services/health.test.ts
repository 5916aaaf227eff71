import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestService, type TestService } from "#test/support/service.ts";
import { loop, ndjson } from "#test/support/traffic.ts";
import { until } from "#test/support/until.ts";

let running: TestService;
beforeAll(async () => {
  running = await startTestService();
});
afterAll(() => running.stop());

/** The samples of `/metrics` by name and labels. */
async function metrics(): Promise<Map<string, number>> {
  const { text } = await running.call("GET", "/metrics");
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => [
      line.slice(0, line.lastIndexOf(" ")),
      Number(line.slice(line.lastIndexOf(" "))),
    ]),
  );
}

describe("what the service says of itself", () => {
  it("says that it lives and that it is ready, without a token", async () => {
    expect((await running.call("GET", "/healthz")).json).toEqual({ status: "ok" });
    const ready = await running.call("GET", "/readyz");
    expect(ready.status).toBe(200);
    expect(ready.json).toEqual({
      status: "ready",
      checks: { usage_log: "ok", detect: "ok", series: "ok" },
    });
  });

  it("shows metrics in the Prometheus text format", async () => {
    const { headers, text } = await running.call("GET", "/metrics");
    expect(headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
    const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(
      ([, name, type]) => `${name} ${type}`,
    );
    expect(types).toEqual([
      "meterhound_folded_entries gauge",
      "meterhound_fold_failures gauge",
      "meterhound_series_unwritten gauge",
      "meterhound_rules_refused gauge",
      "meterhound_findings gauge",
      "meterhound_webhooks gauge",
      "meterhound_ingested_events_total counter",
      "meterhound_quarantined_events_total counter",
    ]);
  });

  it("counts what comes in, what is refused and what is found", async () => {
    const before = await metrics();
    const body = `${ndjson(loop("counted"))}\n{"id":"x"}`;
    await running.send(body);
    await running.send(body);
    const after = await until("the finding in the metrics", async () => {
      const now = await metrics();
      return now.has('meterhound_findings{severity="high",status="new"}') && now;
    });
    const grown = (name: string): number => (after.get(name) ?? 0) - (before.get(name) ?? 0);
    expect(grown('meterhound_ingested_events_total{outcome="accepted"}')).toBe(12);
    expect(grown('meterhound_ingested_events_total{outcome="duplicate"}')).toBe(12);
    expect(grown('meterhound_quarantined_events_total{code="MH_EVENT_MISSING_FIELD"}')).toBe(2);
    expect(grown("meterhound_folded_entries")).toBeGreaterThanOrEqual(12);
    expect(after.get('meterhound_findings{severity="high",status="new"}')).toBe(1);
  });

  it("answers without being cached or sniffed", async () => {
    const { headers } = await running.call("GET", "/api/v1/findings");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  });
});

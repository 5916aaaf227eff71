import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { UsageEvent } from "#core/event.ts";
import { createCalls } from "#test/formats/calls.ts";
import { WRITERS } from "#test/formats/writers.ts";
import { startTestService, storedEvents, type TestService } from "#test/support/service.ts";

const CALLS = createCalls(3);

let open: TestService;

beforeAll(async () => {
  open = await startTestService();
});
afterAll(() => open.stop());

describe("the route of a format", () => {
  it.each(WRITERS.map((writer) => [writer.format, writer.table, writer] as const))(
    "takes its payloads: %s, %s",
    async (format, table, writer) => {
      const source = table.replaceAll(" ", "-");
      const body = CALLS.map((call) => JSON.stringify(writer.write(call))).join("\n");
      const path = `/v1/ingest/${format}?source=${source}`;
      // Formats of a cloud name the source themselves, so what is new is told by what was there before.
      const before = await textsOf(open);
      const { status, json } = await open.call("POST", path, { body });
      expect([status, json]).toEqual([202, { accepted: 3, duplicates: 0, quarantined: [] }]);
      const fresh = (await textsOf(open)).filter((text) => !before.includes(text));
      const times = fresh.map((text) => (JSON.parse(text) as UsageEvent).time);
      expect(times.toSorted()).toEqual(CALLS.map(({ time }) => time));
    },
  );

  it.each([
    ["/v1/events", "kong", "`id` is required; it looks like `kong`"],
    ["/v1/ingest/kong", "bedrock", "`started_at` is required; it looks like `bedrock`"],
    ["/v1/ingest/otlp", "litellm", "`resourceMetrics` is required; it looks like `litellm`"],
  ])("says at %s what a payload of %s looks like", async (path, format, message) => {
    const writer = WRITERS.find((each) => each.format === format)!;
    const body = JSON.stringify(writer.write(CALLS[0]!));
    const { status, json } = await open.call("POST", path, { body });
    expect(status).toBe(400);
    expect(json["quarantined"]).toMatchObject([
      { code: "MH_EVENT_MISSING_FIELD", message: expect.stringContaining(message) as string },
    ]);
  });

  it("says nothing of that where a payload is broken in the way of its format", async () => {
    const body = JSON.stringify({ request: {}, latencies: {}, started_at: "soon" });
    const { json } = await open.call("POST", "/v1/ingest/kong", { body });
    const [problem] = json["quarantined"] as { message: string }[];
    expect(problem!.message).not.toContain("looks like");
  });
});

async function textsOf(service: TestService): Promise<string[]> {
  return [...(await storedEvents(service)).values()].map((event) => JSON.stringify(event));
}

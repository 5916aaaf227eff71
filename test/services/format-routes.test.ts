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
});

async function textsOf(service: TestService): Promise<string[]> {
  return [...(await storedEvents(service)).values()].map((event) => JSON.stringify(event));
}

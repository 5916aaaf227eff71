import { afterAll, beforeAll, describe, expect, it } from "vitest";
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
      const { status, json } = await open.call("POST", path, { body });
      expect([status, json]).toEqual([202, { accepted: 3, duplicates: 0, quarantined: [] }]);
      const times = [...(await storedEvents(open)).values()]
        .filter((event) => event.source === source)
        .map(({ time }) => time);
      expect(times.toSorted()).toEqual(CALLS.map(({ time }) => time));
    },
  );
});

import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createCalls } from "#test/formats/calls.ts";
import { bedrockInvocation } from "#test/formats/write-bedrock.ts";
import { cloudtrailModelCall } from "#test/formats/write-cloudtrail.ts";
import { WRITERS } from "#test/formats/writers.ts";
import { startTestService, type TestService } from "#test/support/service.ts";

const CALLS = createCalls(100);
let open: TestService;

beforeAll(async () => {
  open = await startTestService({ now: () => Date.parse("2026-10-05T12:00:00Z") });
});
afterAll(async () => {
  await open.stop();
});

const post = (format: string, body: unknown) =>
  open.call("POST", `/v1/ingest/${format}`, {
    body: gzipSync(JSON.stringify(body)),
    headers: { "content-encoding": "gzip", "content-type": "application/json" },
  });

describe("the routes of other systems", () => {
  it.each(WRITERS.map((writer) => [writer.format, writer.table, writer] as const))(
    "take a batch of %s, %s, and know it when it comes again",
    async (format, _, writer) => {
      const batch = CALLS.slice(0, 20).map((call) => writer.write(call));
      const first = await post(format, batch);
      expect([first.status, first.json]).toEqual([
        202,
        { accepted: 20, duplicates: 0, quarantined: [] },
      ]);
      const again = await post(format, batch);
      expect(again.json).toEqual({ accepted: 0, duplicates: 20, quarantined: [] });
    },
  );

  it("take CloudTrail's half of a failed call after the log's", async () => {
    const failed = CALLS.slice(20).filter((call) => call.error_class !== undefined);
    expect(failed.length).toBeGreaterThan(0);
    const log = await post(
      "bedrock",
      failed.map((call) => bedrockInvocation.write(call)),
    );
    const trail = await post("cloudtrail", {
      Records: failed.map((call) => cloudtrailModelCall.write(call)),
    });
    expect([log.json["accepted"], trail.json["accepted"]]).toEqual([failed.length, failed.length]);
  });

  it("pass over what is not about models without a word of blame", async () => {
    const record = { ...cloudtrailModelCall.write(CALLS[0]!), eventSource: "s3.amazonaws.com" };
    const answer = await post("cloudtrail", { Records: [record] });
    expect([answer.status, answer.json]).toEqual([
      202,
      { accepted: 0, duplicates: 0, quarantined: [] },
    ]);
  });
});

import { expect, it, onTestFinished } from "vitest";
import { PARTITIONS } from "#core/partition.ts";
import type { Finding } from "#core/finding/finding.ts";
import { openEmbedded } from "#services/wiring.ts";
import { scratchDir } from "#test/support/scratch.ts";
import { startTestService } from "#test/support/service.ts";
import { loop, ndjson } from "#test/support/traffic.ts";
import { until } from "#test/support/until.ts";

it("starts from the log where the checkpoints are in a form it cannot read", async () => {
  const data_dir = scratchDir();
  const first = await startTestService({ data_dir });
  await first.send(ndjson(loop("s")));
  await first.folded(12);
  await first.stop();

  const ports = await openEmbedded(data_dir);
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const state = new TextEncoder().encode("written by another version");
    const checkpoint = { sequence: 1_000, fence: 1_000, state };
    expect(await ports.checkpoints.save(partition, checkpoint)).toBe("saved");
  }
  await ports.close();

  const second = await startTestService({ data_dir });
  onTestFinished(() => second.stop());
  await second.folded(12);
  expect((await second.call("GET", "/readyz")).status).toBe(200);
  await second.send(ndjson(loop("t")));
  await second.folded(24);
  const flows = await until("both findings", async () => {
    const { json } = await second.call("GET", "/api/v1/findings");
    const items = json["items"] as Finding[];
    return items.length >= 2 && items.map(({ subject }) => subject.flow);
  });
  expect(flows.toSorted()).toEqual(["s", "t"]);
});

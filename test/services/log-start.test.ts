import { describe, expect, it } from "vitest";
import { createMemoryUsageLog } from "#adapters/usage-log/memory.ts";
import type { LogEntry } from "#core/pipeline/fold.ts";
import type { UsageLog } from "#core/ports/usage-log.ts";
import { createLogStart } from "#services/ingest/log-start.ts";
import { eventEntry, tickEntry } from "#test/support/events.ts";

const AT = Date.parse("2026-10-05T07:00:00Z");

async function entries(log: UsageLog): Promise<LogEntry[]> {
  const pages = Array.from({ length: log.partitions }, (_, p) => log.read(p, 0, 100));
  return (await Promise.all(pages)).flat();
}

describe("the start of a log", () => {
  it("is written to every partition of an empty log, once", async () => {
    const log = createMemoryUsageLog(3);
    const begin = createLogStart(log);
    await Promise.all([begin(AT), begin(AT + 5), begin(AT + 9)]);
    await createLogStart(log)(AT + 20);
    const found = await entries(log);
    expect(found.map(({ kind, at }) => [kind, at])).toEqual([1, 2, 3].map(() => ["start", AT]));
  });

  it.each([
    ["an event", eventEntry()],
    ["a tick", tickEntry(AT)],
  ])("is not written where there is %s", async (_, entry) => {
    const log = createMemoryUsageLog(3);
    await log.append([{ partition: 1, entries: [entry] }]);
    await createLogStart(log)(AT);
    expect(await entries(log)).toHaveLength(1);
  });

  it("is tried again where the log was not there", async () => {
    const log = createMemoryUsageLog(2);
    let fails = 1;
    const begin = createLogStart({
      ...log,
      append: (batches) => (fails-- > 0 ? Promise.reject(new Error("gone")) : log.append(batches)),
    });
    await expect(begin(AT)).rejects.toThrow("gone");
    await begin(AT + 1);
    expect(await entries(log)).toHaveLength(2);
  });

  it("is no event to those who read a range", async () => {
    const log = createMemoryUsageLog(2);
    await createLogStart(log)(AT);
    for await (const page of log.readRange(0, Infinity)) expect(page).toEqual([]);
  });
});

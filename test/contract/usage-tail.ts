import { expect, it } from "vitest";
import type { LogEntry } from "#core/pipeline/fold.ts";
import type { UsageLog } from "#core/ports/usage-log.ts";
import { type Open, opened, type Opened } from "./opened.ts";
import { idsOf, numbered, readAll } from "./usage-entries.ts";

/** Follows a partition until so many entries came, then lets go. */
async function collect(
  log: UsageLog,
  partition: number,
  after: number,
  count: number,
): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  const stop = new AbortController();
  for await (const batch of log.readAndTail(partition, after, stop.signal)) {
    entries.push(...batch);
    if (entries.length >= count) stop.abort();
  }
  return entries;
}

export function describeUsageTail(open: Open<Opened<UsageLog>>): void {
  it("reads what is there and follows without a gap while others append", async () => {
    const { port } = await opened(open);
    await port.append([{ partition: 1, entries: numbered("before", 3_000) }]);
    const total = 3_000 + 8 * 40 * 10;
    const readers = [1, 2, 3].map(() => collect(port, 1, 0, total));
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let i = 0; i < 40; i++) {
        await port.append([
          { partition: 1, entries: numbered(`w${writer}`, 10, i * 10) },
          { partition: 2, entries: numbered("other", 1) },
        ]);
      }
    });
    await Promise.all(writers);
    const ids = idsOf(await readAll(port, 1));
    expect(ids).toHaveLength(total);
    for (const reader of readers) expect(idsOf(await reader)).toEqual(ids);
  });

  it("starts behind the sequence it is given", async () => {
    const { port } = await opened(open);
    await port.append([{ partition: 0, entries: numbered("e", 10) }]);
    const [, , third] = await port.read(0, 0, 3);
    expect(idsOf(await collect(port, 0, third!.sequence, 7))).toEqual(
      numbered("e", 7, 3).map(({ event }) => event.id),
    );
  });

  it("wakes a reader that waits at the end", async () => {
    const { port } = await opened(open);
    const waiting = collect(port, 9, 0, 2);
    await port.append([{ partition: 8, entries: numbered("elsewhere", 1) }]);
    await port.append([{ partition: 9, entries: numbered("first", 1) }]);
    await port.append([{ partition: 9, entries: numbered("second", 1) }]);
    expect(idsOf(await waiting)).toEqual(["first-0", "second-0"]);
  });

  it("ends when the signal aborts while it waits", async () => {
    const { port } = await opened(open);
    const stop = new AbortController();
    const batches = port.readAndTail(0, 0, stop.signal)[Symbol.asyncIterator]();
    const next = batches.next();
    stop.abort();
    expect(await next).toEqual({ done: true, value: undefined });
  });

  it("gives nothing under a signal that is aborted already", async () => {
    const { port } = await opened(open);
    await port.append([{ partition: 0, entries: numbered("e", 3) }]);
    const batches = port.readAndTail(0, 0, AbortSignal.abort())[Symbol.asyncIterator]();
    expect(await batches.next()).toEqual({ done: true, value: undefined });
  });

  it("ends for readers that wait when it is closed", async () => {
    const { port } = await opened(open);
    const never = new AbortController().signal;
    const next = port.readAndTail(0, 0, never)[Symbol.asyncIterator]().next();
    await port.close();
    expect(await next).toEqual({ done: true, value: undefined });
  });
}

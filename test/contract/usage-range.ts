import { expect, it } from "vitest";
import type { LogEntry } from "#core/pipeline/fold.ts";
import type { UsageLog } from "#core/ports/usage-log.ts";
import { DAY, formatTime, HOUR, MINUTE } from "#core/time.ts";
import { eventEntry, tickEntry } from "#test/support/events.ts";
import { type Open, opened, type Opened } from "./opened.ts";
import { idsOf } from "./usage-entries.ts";

const NOON = Date.UTC(2026, 9, 5, 12);

function at(time: number, id: string): ReturnType<typeof eventEntry> {
  return eventEntry({ id, time: formatTime(time) });
}

async function range(log: UsageLog, from: number, to: number, text?: string): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  for await (const batch of log.readRange(from, to, text)) {
    expect(batch.length).toBeLessThanOrEqual(10_000);
    entries.push(...batch);
  }
  return entries;
}

export function describeUsageRange(open: Open<Opened<UsageLog>>): void {
  it("reads a time range over all partitions by event time, then id", async () => {
    const { port } = await opened(open);
    await port.append([
      { partition: 4, entries: [at(NOON + 2, "late"), at(NOON, "b")] },
      { partition: 1, entries: [at(NOON + 1, "c"), at(NOON, "a")] },
    ]);
    await port.append([{ partition: 9, entries: [at(NOON - HOUR, "came-last")] }]);
    const entries = await range(port, NOON - DAY, NOON + DAY);
    expect(idsOf(entries)).toEqual(["came-last", "a", "b", "c", "late"]);
  });

  it("takes its start, leaves out its end, and leaves out ticks", async () => {
    const { port } = await opened(open);
    const entries = [
      at(NOON - 1, "before"),
      at(NOON, "start"),
      tickEntry(NOON + 5),
      at(NOON + 9, "last"),
      at(NOON + 10, "end"),
    ];
    await port.append([{ partition: 0, entries }]);
    expect(idsOf(await range(port, NOON, NOON + 10))).toEqual(["start", "last"]);
    expect(await range(port, NOON, NOON)).toEqual([]);
    expect(await range(port, NOON + DAY, NOON)).toEqual([]);
  });

  it("leaves out events that do not have a text among their values", async () => {
    const { port } = await opened(open);
    const texts = ["s-1", "s-11", 's-1"', "S-1", "%", "s_1", "näive 🚀"];
    const entries = texts.map((session, i) =>
      eventEntry({ id: `e${i}`, time: formatTime(NOON + i), flow: { session } }),
    );
    await port.append([{ partition: 2, entries: [...entries, tickEntry(NOON)] }]);
    for (const [i, text] of texts.entries()) {
      expect(idsOf(await range(port, NOON, NOON + HOUR, text))).toEqual([`e${i}`]);
    }
    expect(await range(port, NOON, NOON + HOUR, "s-2")).toEqual([]);
  });

  it("reads everything where the range has no bounds", async () => {
    const { port } = await opened(open);
    const entries = [at(0, "epoch"), at(NOON, "now"), at(NOON + 900 * DAY, "far")];
    await port.append([{ partition: 0, entries }]);
    expect(idsOf(await range(port, -Infinity, Infinity))).toEqual(["epoch", "now", "far"]);
    expect(idsOf(await range(port, 0, Number.MAX_SAFE_INTEGER))).toEqual(["epoch", "now", "far"]);
  });

  it("reads on page by page, also through thousands of events of one instant", async () => {
    const { port } = await opened(open);
    const burst = Array.from({ length: 11_000 }, (_, i) =>
      at(NOON, `burst-${String((i * 7_919) % 11_000).padStart(5, "0")}`),
    );
    const around = Array.from({ length: 3_000 }, (_, i) =>
      at(NOON - HOUR + i * MINUTE, `sparse-${i}`),
    );
    await port.append([
      { partition: 0, entries: burst },
      { partition: 1, entries: around },
    ]);
    const expected = [...burst, ...around]
      .toSorted((a, b) => a.at - b.at || (a.event.id < b.event.id ? -1 : 1))
      .map(({ event }) => event.id);
    expect(idsOf(await range(port, NOON - DAY, NOON + 9 * DAY))).toEqual(expected);
  });

  it("gives an event that was appended twice twice, for the fold to recognise", async () => {
    const { port } = await opened(open);
    const entries = [at(NOON, "same"), at(NOON, "same")];
    await port.append([{ partition: 0, entries }]);
    expect(idsOf(await range(port, NOON, NOON + 1))).toEqual(["same", "same"]);
  });
}

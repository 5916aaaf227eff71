import { describe, expect, it } from "vitest";
import type { UsageLog } from "#core/ports/usage-log.ts";
import { eventEntry, tickEntry } from "#test/support/events.ts";
import { HOSTILE_STRINGS } from "./hostile-strings.ts";
import { type Open, opened, type Opened, notVerified } from "./opened.ts";
import { idsOf, numbered, readAll } from "./usage-entries.ts";
import { describeUsageRange } from "./usage-range.ts";
import { describeUsageTail } from "./usage-tail.ts";

/** What every usage log promises. */
export function describeUsageLog(name: string, open: Open<Opened<UsageLog>>): void {
  describe(`usage log: ${name}`, () => {
    describeReading(open);
    describeUsageTail(open);
    describeUsageRange(open);
    describeDurability(name, open);
  });
}

function describeReading(open: Open<Opened<UsageLog>>): void {
  it("is empty at first", async () => {
    const { port } = await opened(open);
    expect(await port.read(0, 0, 10)).toEqual([]);
  });

  it("gives back what was appended, with its time and exact cost", async () => {
    const { port } = await opened(open);
    const priced = eventEntry({ id: "priced", cost: { amount: "123456789.000000000001" } });
    const unpriced = eventEntry({ id: "unpriced", cost: undefined, usage: undefined });
    const tick = tickEntry(priced.at + 60_000);
    const start = { kind: "start", at: priced.at } as const;
    const rules = { kind: "rules", at: priced.at + 1, digest: "0123456789abcdef" } as const;
    const all = [start, priced, unpriced, rules, tick];
    await port.append([{ partition: 3, entries: all }]);
    const entries = await port.read(3, 0, 10);
    expect(entries).toEqual(all.map((entry, i) => ({ ...entry, sequence: entries[i]?.sequence })));
  });

  it.each([20, 2_000, 2_001, 5_000])(
    "keeps the order of %i entries, whatever the page",
    async (count) => {
      const { port } = await opened(open);
      const entries = numbered("e", count);
      await port.append([{ partition: 1, entries }]);
      for (const page of [7, 1_000, 10_000].filter((size) => count / size < 1_000)) {
        const all = await readAll(port, 1, page);
        expect(idsOf(all)).toEqual(entries.map(({ event }) => event.id));
        expect(all.every(({ sequence }, i) => i === 0 || sequence > all[i - 1]!.sequence)).toBe(
          true,
        );
      }
    },
  );

  it("reads on behind any sequence", async () => {
    const { port } = await opened(open);
    await port.append([{ partition: 2, entries: numbered("e", 50) }]);
    const all = await readAll(port, 2);
    for (const cut of [0, 1, 24, 49]) {
      expect(await port.read(2, all[cut]!.sequence, 10)).toEqual(all.slice(cut + 1, cut + 11));
    }
  });

  it("keeps partitions apart, also where one append names several", async () => {
    const { port } = await opened(open);
    await port.append([
      { partition: 0, entries: numbered("a", 3) },
      { partition: 15, entries: numbered("b", 2) },
      { partition: 0, entries: numbered("a", 2, 3) },
    ]);
    expect(idsOf(await port.read(0, 0, 10))).toEqual(["a-0", "a-1", "a-2", "a-3", "a-4"]);
    expect(idsOf(await port.read(15, 0, 10))).toEqual(["b-0", "b-1"]);
    expect(await port.read(7, 0, 10)).toEqual([]);
  });

  it("takes appends at the same time, each whole and in its own order", async () => {
    const { port } = await opened(open);
    const names = Array.from({ length: 40 }, (_, i) => `writer${i}`);
    await Promise.all(
      names.map((name, i) => port.append([{ partition: i % 4, entries: numbered(name, 25) }])),
    );
    for (const partition of [0, 1, 2, 3]) {
      const ids = idsOf(await readAll(port, partition));
      expect(ids).toHaveLength(250);
      for (const name of names.filter((_, i) => i % 4 === partition)) {
        const own = ids.filter((id) => id.startsWith(`${name}-`));
        expect(own).toEqual(numbered(name, 25).map(({ event }) => event.id));
      }
    }
  });

  it("shows an append to the very next read", async () => {
    const { port } = await opened(open);
    for (let i = 0; i < 20; i++) {
      await port.append([{ partition: 5, entries: numbered("e", 1, i) }]);
      expect(await port.read(5, 0, 100)).toHaveLength(i + 1);
    }
  });

  it("hands every reader objects of its own", async () => {
    const { port } = await opened(open);
    await port.append([{ partition: 0, entries: [eventEntry()] }]);
    const [first] = await port.read(0, 0, 1);
    if (first?.kind === "event") first.event.tenant = "changed";
    expect(await port.read(0, 0, 1)).toMatchObject([{ event: { tenant: "acme" } }]);
  });

  it("gives hostile strings back as they are", async () => {
    const { port } = await opened(open);
    const entries = HOSTILE_STRINGS.map((text) =>
      eventEntry({ id: text, tenant: text, identity: { id: text }, model: { served: text } }),
    );
    await port.append([{ partition: 4, entries }]);
    const found = await port.read(4, 0, 100);
    expect(found.map((entry) => entry.kind === "event" && entry.event)).toEqual(
      entries.map(({ event }) => event),
    );
  });

  it("takes an append of nothing", async () => {
    const { port } = await opened(open);
    await port.append([]);
    await port.append([{ partition: 0, entries: [] }]);
    expect(await port.read(0, 0, 10)).toEqual([]);
  });

  it("refuses a partition it does not have, and keeps nothing of that append", async () => {
    const { port } = await opened(open);
    const append = port.append([
      { partition: 0, entries: numbered("a", 1) },
      { partition: port.partitions, entries: numbered("b", 1) },
    ]);
    await expect(append).rejects.toMatchObject({ code: "MH_INTERNAL" });
    expect(await port.read(0, 0, 10)).toEqual([]);
  });
}

function describeDurability(name: string, open: Open<Opened<UsageLog>>): void {
  it("refuses appends once it is closed", async () => {
    const { port } = await opened(open);
    await port.close();
    const append = port.append([{ partition: 0, entries: numbered("e", 1) }]);
    await expect(append).rejects.toMatchObject({ code: "MH_LOG_UNAVAILABLE" });
  });

  it("keeps what it acknowledged across a reopen, and goes on counting", async (test) => {
    const { port, reopen } = await opened(open);
    if (!reopen) return test.skip(notVerified(`usage-log/${name}`, "durability, it has none"));
    await port.append([{ partition: 6, entries: numbered("e", 2_500) }]);
    const before = await readAll(port, 6);
    const again = await reopen();
    expect(await readAll(again, 6)).toEqual(before);
    await again.append([{ partition: 6, entries: numbered("later", 1) }]);
    expect(idsOf(await again.read(6, before.at(-1)!.sequence, 10))).toEqual(["later-0"]);
  });

  it("loses nothing acknowledged when it is closed under load", async (test) => {
    const { port, reopen } = await opened(open);
    if (!reopen) return test.skip(notVerified(`usage-log/${name}`, "closing under load"));
    const acknowledged: string[] = [];
    const appends = Array.from({ length: 30 }, async (_, i) => {
      await port.append([{ partition: 0, entries: numbered(`w${i}`, 10) }]);
      acknowledged.push(`w${i}-0`, `w${i}-9`);
    });
    const again = await reopen();
    await Promise.allSettled(appends);
    expect(acknowledged.length).toBeGreaterThan(0);
    expect(new Set(idsOf(await readAll(again, 0)))).toSatisfy((kept: Set<string>) =>
      acknowledged.every((id) => kept.has(id)),
    );
  });
}

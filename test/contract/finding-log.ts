import { describe, expect, it } from "vitest";
import type { MachineEntry, TriagedEntry } from "#core/finding/finding-log.ts";
import type { FindingLog, PlacedEntry } from "#core/ports/finding-log.ts";
import { findingBody } from "./finding-body.ts";
import { HOSTILE_STRINGS } from "./hostile-strings.ts";
import { notVerified, type Open, opened, type Opened } from "./opened.ts";

function machine(finding: string, n: number, tenant = "acme"): MachineEntry {
  return {
    kind: n === 1 ? "opened" : "updated",
    id: `${finding}.m.${n}`,
    finding,
    tenant,
    at: "2026-10-05T07:00:00.000Z",
    body: findingBody({ id: finding, tenant }),
  };
}

function human(finding: string, n: number, note = `note ${n}`): TriagedEntry {
  return {
    kind: "triaged",
    id: `${finding}.h.${n}`,
    finding,
    tenant: "acme",
    at: "2026-10-05T08:00:00.000Z",
    by: "ana",
    change: { note },
  };
}

const idsOf = (placed: readonly PlacedEntry[]): string[] => placed.map(({ entry }) => entry.id);

async function readAll(log: FindingLog, page = 1_000): Promise<PlacedEntry[]> {
  const all: PlacedEntry[] = [];
  for (;;) {
    const entries = await log.read(all.at(-1)?.sequence ?? 0, page);
    if (entries.length === 0) return all;
    all.push(...entries);
  }
}

/** What every finding log promises. */
export function describeFindingLog(name: string, open: Open<Opened<FindingLog>>): void {
  describe(`finding log: ${name}`, () => {
    describeCreating(open);
    describeAppending(open);
    describeFollowing(open);
    describeDurability(name, open);
  });
}

function describeCreating(open: Open<Opened<FindingLog>>): void {
  it("gives back what was created, in order", async () => {
    const { port } = await opened(open);
    const entries = [machine("f1", 1), machine("f2", 1), machine("f1", 2)];
    await port.create(entries);
    expect((await port.read(0, 10)).map(({ entry }) => entry)).toEqual(entries);
  });

  it("creates an entry once, and keeps the first one", async () => {
    const { port } = await opened(open);
    await port.create([machine("f1", 1)]);
    const again = { ...machine("f1", 1), at: "2030-01-01T00:00:00.000Z" };
    await port.create([again, machine("f1", 2), machine("f1", 2)]);
    await port.create([machine("f1", 2)]);
    const found = await port.read(0, 10);
    expect(idsOf(found)).toEqual(["f1.m.1", "f1.m.2"]);
    expect(found[0]?.entry.at).toBe("2026-10-05T07:00:00.000Z");
  });

  it("creates an entry once when several do so at the same time", async () => {
    const { port } = await opened(open);
    const entries = Array.from({ length: 30 }, (_, i) => machine(`f${i}`, 1));
    await Promise.all(Array.from({ length: 5 }, () => port.create(entries)));
    expect(idsOf(await readAll(port))).toEqual(entries.map(({ id }) => id));
  });

  it("takes a batch of nothing", async () => {
    const { port } = await opened(open);
    await port.create([]);
    expect(await port.read(0, 10)).toEqual([]);
  });

  it.each([20, 5_000])("reads %i entries page by page", async (count) => {
    const { port } = await opened(open);
    const entries = Array.from({ length: count }, (_, i) => machine(`f${i}`, 1));
    await port.create(entries);
    const all = await readAll(port, 300);
    expect(idsOf(all)).toEqual(entries.map(({ id }) => id));
    expect(all.every(({ sequence }, i) => i === 0 || sequence > all[i - 1]!.sequence)).toBe(true);
  });

  it("gives hostile strings back as they are", async () => {
    const { port } = await opened(open);
    const entries = HOSTILE_STRINGS.map((text, i) => ({
      ...machine(`f${i}`, 1, text),
      body: findingBody({ id: `f${i}`, tenant: text, title: text, facts: { reason: text } }),
    }));
    await port.create(entries);
    expect((await port.read(0, 100)).map(({ entry }) => entry)).toEqual(entries);
  });
}

function describeAppending(open: Open<Opened<FindingLog>>): void {
  it("appends people's entries one after the other", async () => {
    const { port } = await opened(open);
    await port.create([machine("f1", 1)]);
    expect(await port.append(human("f1", 1))).toBe("appended");
    await port.create([machine("f1", 2)]);
    expect(await port.append(human("f1", 2))).toBe("appended");
    expect(idsOf(await port.read(0, 10))).toEqual(["f1.m.1", "f1.h.1", "f1.m.2", "f1.h.2"]);
  });

  it("answers conflict where the number is taken, and keeps the first entry", async () => {
    const { port } = await opened(open);
    await port.append(human("f1", 1, "first"));
    expect(await port.append(human("f1", 1, "second"))).toBe("conflict");
    expect((await port.read(0, 10)).map(({ entry }) => entry)).toEqual([human("f1", 1, "first")]);
  });

  it("answers conflict where a number would be left out", async () => {
    const { port } = await opened(open);
    expect(await port.append(human("f1", 2))).toBe("conflict");
    await port.append(human("f1", 1));
    expect(await port.append(human("f1", 3))).toBe("conflict");
    expect(idsOf(await port.read(0, 10))).toEqual(["f1.h.1"]);
  });

  it("lets one of several win who append at the same time", async () => {
    const { port } = await opened(open);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) => port.append(human("f1", 1, `by ${i}`))),
    );
    expect(answers.filter((answer) => answer === "appended")).toHaveLength(1);
    expect(await port.read(0, 100)).toHaveLength(1);
  });

  it("counts each finding for itself", async () => {
    const { port } = await opened(open);
    expect(await port.append(human("f1", 1))).toBe("appended");
    expect(await port.append(human("f2", 1))).toBe("appended");
    expect(await port.append(human("f2", 2))).toBe("appended");
  });

  it("refuses an entry whose id is not one of its finding", async () => {
    const { port } = await opened(open);
    for (const id of ["f2.h.1", "f1.h.0", "f1.h.01", "f1.h.x", "f1.m.1", "f1.h."]) {
      const append = port.append({ ...human("f1", 1), id });
      await expect(append).rejects.toMatchObject({ code: "MH_INTERNAL" });
    }
  });
}

function describeFollowing(open: Open<Opened<FindingLog>>): void {
  it("reads what is there and follows without a gap while others write", async () => {
    const { port } = await opened(open);
    await port.create(Array.from({ length: 1_500 }, (_, i) => machine(`old${i}`, 1)));
    const stop = new AbortController();
    const followed: PlacedEntry[] = [];
    const total = 1_500 + 4 * 30 * 2;
    const reader = (async () => {
      for await (const batch of port.readAndTail(0, stop.signal)) {
        followed.push(...batch);
        if (followed.length >= total) stop.abort();
      }
    })();
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      for (let i = 1; i <= 30; i++) {
        await port.create([machine(`new${writer}`, i)]);
        await port.append(human(`new${writer}`, i));
      }
    });
    await Promise.all([reader, ...writers]);
    expect(followed).toEqual(await readAll(port));
    expect(followed).toHaveLength(total);
  });

  it("ends when the signal aborts while it waits", async () => {
    const { port } = await opened(open);
    const stop = new AbortController();
    const next = port.readAndTail(0, stop.signal)[Symbol.asyncIterator]().next();
    stop.abort();
    expect(await next).toEqual({ done: true, value: undefined });
  });
}

function describeDurability(name: string, open: Open<Opened<FindingLog>>): void {
  it("keeps entries across a reopen, still creates each once and goes on counting", async (test) => {
    const { port, reopen } = await opened(open);
    if (!reopen) return test.skip(notVerified(`finding-log/${name}`, "durability, it has none"));
    await port.create([machine("f1", 1)]);
    await port.append(human("f1", 1));
    const before = await readAll(port);
    const again = await reopen();
    expect(await readAll(again)).toEqual(before);
    expect(await again.append(human("f1", 1))).toBe("conflict");
    await again.create([machine("f1", 1), machine("f1", 2)]);
    expect(idsOf(await again.read(before.at(-1)!.sequence, 10))).toEqual(["f1.m.2"]);
  });
}

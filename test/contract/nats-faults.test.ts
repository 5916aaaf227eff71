import { describe, expect, it, onTestFinished } from "vitest";
import { createNatsCheckpointStore } from "#adapters/checkpoint-store/nats.ts";
import { listSnapshots } from "#adapters/checkpoint-store/nats-snapshot.ts";
import { connectNats } from "#adapters/nats/connection.ts";
import { setUpNats } from "#adapters/nats/setup.ts";
import { readStreamRange } from "#adapters/usage-log/nats-range.ts";
import { createNatsUsageLog } from "#adapters/usage-log/nats.ts";
import { startNatsServer } from "#test/support/nats-server.ts";
import { findServer } from "#test/support/servers.ts";
import { eventEntry, tickEntry } from "#test/support/events.ts";
import { describeOnNats, freshStreams, onNats } from "./nats-installation.ts";
import { notVerified, opened } from "./opened.ts";
import { idsOf, numbered, readAll } from "./usage-entries.ts";

describeOnNats("faults", (host) => {
  describe("the usage log in NATS", () => {
    it("stores a retried append once", async () => {
      const { port, another } = await opened(onNats(host, createNatsUsageLog));
      const batch = { partition: 0, entries: numbered("e", 200) };
      await port.append([batch]);
      await port.append([batch]);
      await (await another()).append([batch]);
      expect(await readAll(port, 0)).toHaveLength(200);
    });

    it("keeps control entries where they were among the events of every tenant", async () => {
      const { port } = await opened(onNats(host, createNatsUsageLog));
      const of = (id: string, tenant: string) => eventEntry({ id, tenant });
      const entries = [
        of("a1", "a"),
        of("b1", "b"),
        of("a2", "a"),
        tickEntry(1_000),
        of("b2", "b"),
        of("a3", "a"),
      ];
      await port.append([{ partition: 0, entries }]);
      expect(idsOf(await port.read(0, 0, 10))).toEqual(["a1", "a2", "b1", "tick", "b2", "a3"]);
    });

    it("refuses an event that no message can hold, and nothing else", async () => {
      const { port } = await opened(onNats(host, createNatsUsageLog));
      const large = (size: number) =>
        eventEntry({ id: `large-${size}`, flow: { span: "x".repeat(size) } });
      await port.append([{ partition: 0, entries: [large(250_000)] }]);
      const append = port.append([{ partition: 0, entries: [large(270_000)] }]);
      await expect(append).rejects.toMatchObject({ code: "MH_EVENT_TOO_LARGE" });
      expect(await port.read(0, 0, 10)).toHaveLength(1);
    });

    it("says at once that it is full, and loses nothing it has", async () => {
      const { port, nats } = await opened(onNats(host, createNatsUsageLog));
      await port.append([{ partition: 0, entries: numbered("kept", 10) }]);
      await nats().jsm.streams.update(nats().names.usage, { max_bytes: 20_000 });
      const started = Date.now();
      const append = port.append([{ partition: 0, entries: numbered("over", 500) }]);
      await expect(append).rejects.toMatchObject({ code: "MH_LOG_UNAVAILABLE" });
      await expect(append).rejects.toThrow(/10077/);
      expect(Date.now() - started).toBeLessThan(2_000);
      expect(idsOf(await port.read(0, 0, 10))).toEqual(idsOf(await port.read(0, 0, 10)));
      expect((await port.read(0, 0, 1))[0]).toMatchObject({ event: { id: "kept-0" } });
    });

    it("sorts a range that does not fit into memory in several readings", async () => {
      const { port, nats } = await opened(onNats(host, createNatsUsageLog));
      const noon = Date.UTC(2026, 9, 5, 12);
      const entries = Array.from({ length: 1_000 }, (_, i) =>
        eventEntry({ id: `e${i}`, time: new Date(noon + ((i * 7_919) % 300)).toISOString() }),
      );
      await port.append([{ partition: 2, entries }]);
      const unsealing = { partitions: 16, onRefused: undefined };
      const found: string[] = [];
      for await (const batch of readStreamRange(nats(), unsealing, noon, noon + 1_000, 90)) {
        found.push(...idsOf(batch));
      }
      const expected = entries
        .toSorted((a, b) => a.at - b.at || (a.event.id < b.event.id ? -1 : 1))
        .map(({ event }) => event.id);
      expect(found).toEqual(expected);
    });

    it("leaves no consumer behind when a reader stops", async () => {
      const { port, nats } = await opened(onNats(host, createNatsUsageLog));
      await port.append([{ partition: 0, entries: numbered("e", 5) }]);
      const stop = new AbortController();
      for await (const batch of port.readAndTail(0, 0, stop.signal)) {
        if (batch.length > 0) stop.abort();
      }
      for await (const batch of port.readAndTail(0, 0, new AbortController().signal)) {
        if (batch.length > 0) break;
      }
      const { jsm, names, nc } = nats();
      await nc.flush();
      const left = await jsm.consumers.list(names.usage).next();
      expect(left).toEqual([]);
    });
  });

  describe("checkpoints in NATS", () => {
    it("keep the bytes of two generations, and clear what an owner before left unfinished", async () => {
      const { port, nats } = await opened(onNats(host, createNatsCheckpointStore));
      const { js, names } = nats();
      await js.publish(names.subject("snapshot", "00", "5-1-orphan"), "never pointed to");
      for (const sequence of [10, 20, 30, 40]) {
        await port.save(0, { sequence, fence: 2, state: Buffer.alloc(300_000, sequence) });
      }
      const kept = await listSnapshots(nats(), 0);
      expect(kept.map((name) => Number(name.split("-")[0])).toSorted((a, b) => a - b)).toEqual([
        30, 40,
      ]);
      expect(await port.save(0, { sequence: 50, fence: 1, state: Buffer.alloc(10) })).toBe("stale");
      expect(await listSnapshots(nats(), 0)).toHaveLength(2);
    });
  });
});

describe("a user who may not publish", () => {
  it("hears of it soon, by name", async (test) => {
    const found = findServer("nats-server");
    if (!found || "url" in found) {
      return test.skip(notVerified("forbidden/NATS", "no nats-server of our own"));
    }
    const settings = freshStreams();
    const server = await startNatsServer(found.binary, {
      extra: `authorization { users: [
        { user: admin, password: a }
        { user: worker, password: w, permissions: { publish: { deny: "${settings.prefix}.usage.log.>" } } }
      ] }`,
    });
    onTestFinished(() => server.dispose());
    const as = (user: string, password: string, report?: (event: string) => void) =>
      connectNats({
        servers: server.url,
        prefix: settings.prefix,
        name: user,
        user,
        password,
        ...(report && { report }),
      });
    const admin = await as("admin", "a");
    await setUpNats(admin, settings, 16);
    await admin.close();

    const reported: string[] = [];
    const worker = await as("worker", "w", (event) => void reported.push(event));
    const started = Date.now();
    const append = createNatsUsageLog(worker).append([{ partition: 0, entries: numbered("e", 1) }]);
    await expect(append).rejects.toMatchObject({ code: "MH_LOG_UNAVAILABLE" });
    await expect(append).rejects.toThrow(/not permitted to publish to .*usage\.log\.00\.acme/);
    expect(Date.now() - started).toBeLessThan(3_000);
    expect(reported).toContain("nats.forbidden");
    await worker.close();

    const stranger = as("stranger", "x");
    await expect(stranger).rejects.toMatchObject({ code: "MH_NATS_UNREACHABLE" });
  });
});

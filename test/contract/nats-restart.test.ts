import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { createNatsFindingLog } from "#adapters/finding-log/nats.ts";
import { createNatsUsageLog } from "#adapters/usage-log/nats.ts";
import type { LogEntry } from "#core/pipeline/fold.ts";
import type { UsageLog } from "#core/ports/usage-log.ts";
import { until } from "#test/support/until.ts";
import { findingBody } from "./finding-body.ts";
import { describeOnNats, type NatsHost, onNats } from "./nats-installation.ts";
import { notVerified, opened } from "./opened.ts";
import { idsOf, numbered, readAll } from "./usage-entries.ts";

const KILLS = 3;

/** Kills the server and starts it on the same store again. */
async function killAndRestart(host: NatsHost): Promise<void> {
  const server = host.server()!;
  await server.kill();
  await sleep(300);
  await server.start();
}

/** Follows a partition in the background. */
function following(log: UsageLog, partition: number): LogEntry[] {
  const followed: LogEntry[] = [];
  const stop = new AbortController();
  const reading = (async () => {
    for await (const batch of log.readAndTail(partition, 0, stop.signal)) followed.push(...batch);
  })();
  onTestFinished(async () => {
    stop.abort();
    await reading;
  });
  return followed;
}

describeOnNats("restart", (host) => {
  describe("a nats-server that is killed and comes back", () => {
    it("has every acknowledged entry, and a reader that was following misses none", async (test) => {
      const { port } = await opened(onNats(host, createNatsUsageLog));
      if (!host.server()) return test.skip(notVerified("restart/NATS", "the server is not ours"));
      const followed = [following(port, 0), following(port, 1)];
      const acknowledged: string[][] = [[], []];
      const stop = new AbortController();
      const writers = [0, 1, 0, 1].map(async (partition, writer) => {
        for (let i = 0; !stop.signal.aborted; i += 10) {
          const entries = numbered(`w${writer}`, 10, i);
          await port.append([{ partition, entries }]);
          acknowledged[partition]!.push(...entries.map(({ event }) => event.id));
        }
      });
      for (let kill = 0; kill < KILLS; kill++) {
        await sleep(400);
        await killAndRestart(host);
      }
      await sleep(400);
      stop.abort();
      await Promise.all(writers);

      for (const partition of [0, 1]) {
        const stored = idsOf(await readAll(port, partition));
        const kept = new Set(stored);
        expect(acknowledged[partition]!.length).toBeGreaterThan(100);
        expect(acknowledged[partition]!.filter((id) => !kept.has(id))).toEqual([]);
        expect(stored.length).toBe(kept.size);
        const reader = followed[partition]!;
        await until("the reader to catch up", () => reader.length >= stored.length);
        expect(idsOf(reader)).toEqual(stored);
      }
    });

    it("refuses appends while it is away, and takes them again without being asked", async (test) => {
      const { port } = await opened(onNats(host, createNatsUsageLog));
      const server = host.server();
      if (!server) return test.skip(notVerified("restart/NATS", "the server is not ours"));
      await server.kill();
      const started = Date.now();
      const append = port.append([{ partition: 0, entries: numbered("away", 1) }]);
      await expect(append).rejects.toMatchObject({ code: "MH_LOG_UNAVAILABLE" });
      expect(Date.now() - started).toBeLessThan(15_000);
      await server.start();
      await port.append([{ partition: 0, entries: numbered("back", 1) }]);
      expect(idsOf(await port.read(0, 0, 10))).toContain("back-0");
    });

    it("goes on with the findings where it was", async (test) => {
      const { port } = await opened(onNats(host, createNatsFindingLog));
      if (!host.server()) return test.skip(notVerified("restart/NATS", "the server is not ours"));
      const stop = new AbortController();
      const ids: string[] = [];
      const reading = (async () => {
        for await (const batch of port.readAndTail(0, stop.signal)) {
          ids.push(...batch.map(({ entry }) => entry.id));
        }
      })();
      const entry = (n: number) => ({
        kind: "updated" as const,
        id: `f1.m.${n}`,
        finding: "f1",
        tenant: "acme",
        at: "2026-10-05T07:00:00.000Z",
        body: findingBody(),
      });
      await port.create([entry(1), entry(2)]);
      await killAndRestart(host);
      await port.create([entry(2), entry(3)]);
      await until("the reader to catch up", () => ids.length >= 3);
      stop.abort();
      await reading;
      expect(ids).toEqual(["f1.m.1", "f1.m.2", "f1.m.3"]);
    });
  });
});

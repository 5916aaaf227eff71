import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { LeaseStore } from "#core/ports/lease-store.ts";
import { until } from "#test/support/until.ts";
import { type Open, opened, type Opened } from "./opened.ts";

export interface OpenedLeases extends Opened<LeaseStore> {
  /** A second worker on the same leases. */
  another: () => Promise<LeaseStore>;
}

/** What every lease store promises. */
export function describeLeaseStore(name: string, open: Open<Opened<LeaseStore>>): void {
  describe(`lease store: ${name}`, () => {
    it("grants free partitions, each for itself, and renews them", async () => {
      const { port } = await opened(open);
      const leases = await Promise.all([0, 7, 15].map((partition) => port.acquire(partition)));
      expect(leases.map((lease) => lease?.partition)).toEqual([0, 7, 15]);
      for (const lease of leases) {
        expect(lease!.fence).toBeGreaterThan(0);
        expect(await port.renew(lease!)).toBe(true);
      }
    });

    it("grants a partition again once it was given free", async () => {
      const { port } = await opened(open);
      const lease = await port.acquire(3);
      await port.release(lease!);
      expect(await port.acquire(3)).toMatchObject({ partition: 3 });
    });

    it("counts the worker that announces itself", async () => {
      const { port } = await opened(open);
      expect(await port.announce()).toBe(1);
      expect(await port.announce()).toBe(1);
    });
  });
}

/** What lease stores promise that more than one worker can share. */
export function describeSharedLeases(name: string, open: Open<OpenedLeases>): void {
  async function two(): Promise<[LeaseStore, LeaseStore]> {
    const { port, another } = await opened(open);
    return [port, await another()];
  }
  describe(`shared leases: ${name}`, () => {
    it("grants a partition to one worker only, also when both ask at the same time", async () => {
      const workers = await two();
      const answers = await Promise.all(workers.map((worker) => worker.acquire(1)));
      expect(answers.filter((lease) => lease !== null)).toHaveLength(1);
    });

    it("hands a released partition over under a higher fence", async () => {
      const [first, second] = await two();
      const before = await first.acquire(1);
      expect(await second.acquire(1)).toBeNull();
      await first.release(before!);
      const after = await second.acquire(1);
      expect(after!.fence).toBeGreaterThan(before!.fence);
      expect(await first.renew(before!)).toBe(false);
    });

    it("keeps a lease that is renewed and lets one go that is not", async () => {
      const [first, second] = await two();
      const lease = (await first.acquire(1))!;
      for (let i = 0; i < 6; i++) {
        await sleep(first.ttl / 4);
        expect(await first.renew(lease)).toBe(true);
        expect(await second.acquire(1)).toBeNull();
      }
      const next = await until("the lease to end", () => second.acquire(1), first.ttl * 5);
      expect(next.fence).toBeGreaterThan(lease.fence);
    });

    it("tells a holder that slept too long, and leaves the new holder alone", async () => {
      const [first, second] = await two();
      const lease = (await first.acquire(1))!;
      const next = await until("the lease to end", () => second.acquire(1), first.ttl * 5);
      expect(await first.renew(lease)).toBe(false);
      await first.release(lease);
      expect(await second.renew(next)).toBe(true);
      expect(await first.acquire(1)).toBeNull();
    });

    it("raises the fence with every owner", async () => {
      const workers = await two();
      const fences: number[] = [];
      for (let i = 0; i < 10; i++) {
        const worker = workers[i % 2]!;
        const lease = (await worker.acquire(4))!;
        await worker.renew(lease);
        fences.push(lease.fence);
        await worker.release(lease);
      }
      expect(fences).toEqual([...new Set(fences)].toSorted((a, b) => a - b));
    });

    it("counts workers while they announce themselves", async () => {
      const [first, second] = await two();
      await first.announce();
      expect(await second.announce()).toBe(2);
      await until("the silent worker to be forgotten", async () => (await first.announce()) === 1);
    });

    it("does not count a worker that has left", async () => {
      const [first, second] = await two();
      await first.announce();
      await second.announce();
      await second.close();
      expect(await first.announce()).toBe(1);
    });
  });
}

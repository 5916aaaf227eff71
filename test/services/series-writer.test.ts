import pino from "pino";
import { describe, expect, it, vi } from "vitest";
import { createMemorySeriesStore } from "#adapters/series-store/memory.ts";
import { MeterhoundError } from "#core/errors.ts";
import type { Rollup } from "#core/pipeline/rollup.ts";
import type { SeriesStore } from "#core/ports/series-store.ts";
import { MINUTE } from "#core/time.ts";
import { createSeriesWriter } from "#services/detect/series-writer.ts";
import { NOON, rollup } from "#test/support/rollup.ts";

const SILENT = pino({ level: "silent" });
const LIMITS = { waiting: 100, retry: 5_000, settle: 30_000 };

interface Flaky {
  store: SeriesStore;
  writes: number[];
  fail(error: Error | null): void;
}

/** A store in memory that can be told to fail. */
function flaky(): Flaky {
  const memory = createMemorySeriesStore();
  const writes: number[] = [];
  let failure: Error | null = null;
  return {
    writes,
    fail(error) {
      failure = error;
    },
    store: {
      ...memory,
      async writeRollups(rollups) {
        writes.push(Date.now());
        if (failure) throw failure;
        await memory.writeRollups(rollups);
      },
    },
  };
}

const minutes = (count: number, from = 0): Set<Rollup> =>
  new Set(Array.from({ length: count }, (_, i) => rollup({ start: NOON + (from + i) * MINUTE })));

describe("the series writer", () => {
  it("waits as long as the store asks, else longer with each failure", async () => {
    vi.useFakeTimers({ now: 0 });
    try {
      const { store, writes, fail } = flaky();
      const writer = createSeriesWriter(store, SILENT, LIMITS);
      fail(new MeterhoundError("MH_INFLUX_UNREACHABLE", { problem: "x", retry_after_ms: 7_000 }));
      writer.add({ rollups: minutes(1), bands: [] });
      await vi.advanceTimersByTimeAsync(6_999);
      expect(writes).toEqual([0]);
      fail(new Error("down"));
      await vi.advanceTimersByTimeAsync(1 + 10_000 + 20_000 + 40_000 + 60_000 + 60_000);
      expect(writes).toEqual([0, 7_000, 17_000, 37_000, 77_000, 137_000, 197_000]);
      fail(null);
      await vi.advanceTimersByTimeAsync(60_000);
      expect(writer.unwritten().rollups).toEqual([]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("names the times that need a rebuild where more waits than it may hold", async () => {
    const { store, fail } = flaky();
    const writer = createSeriesWriter(store, SILENT, LIMITS);
    fail(new Error("down"));
    writer.add({ rollups: minutes(60), bands: [] });
    await writer.flush();
    expect(writer.unwritten().needsRebuild).toBeNull();
    writer.add({ rollups: minutes(60, 60), bands: [] });
    const { rollups, needsRebuild } = writer.unwritten();
    expect(rollups).toHaveLength(100);
    expect(needsRebuild).toEqual({ from: NOON, to: NOON + 19 * MINUTE + 1 });

    const successor = createSeriesWriter(store, SILENT, LIMITS);
    successor.add({ rollups: new Set(rollups), bands: [], needsRebuild: needsRebuild ?? null });
    expect(successor.unwritten().needsRebuild).toEqual(needsRebuild);
    await Promise.all([writer.close(), successor.close()]);
  });

  it("writes a window again whose write may still land, and nothing once it is closed", async () => {
    vi.useFakeTimers({ now: 0 });
    try {
      const { store, writes, fail } = flaky();
      const writer = createSeriesWriter(store, SILENT, LIMITS);
      fail(new MeterhoundError("MH_INFLUX_UNREACHABLE", { problem: "timeout", in_doubt: 1 }));
      writer.add({ rollups: minutes(1), bands: [] });
      await vi.advanceTimersByTimeAsync(0);
      fail(null);
      await vi.advanceTimersByTimeAsync(5_000);
      expect(writer.unwritten().rollups).toHaveLength(1);
      await vi.advanceTimersByTimeAsync(30_000);
      expect(writes).toEqual([0, 5_000, 35_000]);
      expect(writer.unwritten().rollups).toEqual([]);

      fail(new Error("down"));
      writer.add({ rollups: minutes(1), bands: [] });
      await writer.close();
      const tries = writes.length;
      await vi.advanceTimersByTimeAsync(600_000);
      expect(writes).toHaveLength(tries);
    } finally {
      vi.useRealTimers();
    }
  });
});

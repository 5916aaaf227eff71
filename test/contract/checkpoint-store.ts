import { describe, expect, it } from "vitest";
import type { Checkpoint, CheckpointStore } from "#core/ports/checkpoint-store.ts";
import { notVerified, type Open, opened, type Opened } from "./opened.ts";

export interface OpenedCheckpoints extends Opened<CheckpointStore> {
  /** Changes stored bytes of a partition's newest checkpoint behind the adapter's back. */
  damageNewest?: (partition: number) => Promise<void>;
}

/** A state of `size` bytes that tells its sequence apart, zeros and all other bytes included. */
function checkpoint(sequence: number, fence = 1, size = 1_000): Checkpoint {
  const state = Uint8Array.from({ length: size }, (_, i) => (i * 31 + sequence) % 256);
  return { sequence, fence, state };
}

/** Plain bytes: adapters may answer with a Buffer. */
async function load(store: CheckpointStore, partition: number): Promise<Checkpoint | null> {
  const found = await store.load(partition);
  return found && { ...found, state: Uint8Array.from(found.state) };
}

/** What every checkpoint store promises. */
export function describeCheckpointStore(name: string, open: Open<OpenedCheckpoints>): void {
  describe(`checkpoint store: ${name}`, () => {
    describeSaving(open);
    describeFencing(open);
    describeDamage(name, open);

    it("keeps checkpoints and fences across a reopen", async (test) => {
      const { port, reopen } = await opened(open);
      if (!reopen)
        return test.skip(notVerified(`checkpoint-store/${name}`, "durability, it has none"));
      await port.save(3, checkpoint(10, 4));
      const again = await reopen();
      expect(await load(again, 3)).toEqual(checkpoint(10, 4));
      expect(await again.save(3, checkpoint(11, 3))).toBe("stale");
    });
  });
}

function describeSaving(open: Open<OpenedCheckpoints>): void {
  it("has none at first", async () => {
    const { port } = await opened(open);
    expect(await port.load(0)).toBeNull();
  });

  it("loads the newest, byte for byte", async () => {
    const { port } = await opened(open);
    for (const sequence of [1, 2, 5, 5, 9]) {
      expect(await port.save(0, checkpoint(sequence))).toBe("saved");
      expect(await load(port, 0)).toEqual(checkpoint(sequence));
    }
  });

  it.each([0, 1, 3_000_000])("takes a state of %i bytes", async (size) => {
    const { port } = await opened(open);
    await port.save(0, checkpoint(7, 1, size));
    const found = await load(port, 0);
    expect(found?.state.length).toBe(size);
    expect(Buffer.compare(found!.state, checkpoint(7, 1, size).state)).toBe(0);
  });

  it("keeps partitions apart", async () => {
    const { port } = await opened(open);
    await port.save(0, checkpoint(1, 9));
    await port.save(15, checkpoint(2, 1));
    expect(await load(port, 0)).toEqual(checkpoint(1, 9));
    expect(await load(port, 15)).toEqual(checkpoint(2, 1));
    expect(await port.load(7)).toBeNull();
  });

  it("is not touched by what the caller does to the bytes later", async () => {
    const { port } = await opened(open);
    const saved = checkpoint(1);
    await port.save(0, saved);
    saved.state.fill(0);
    const loaded = await port.load(0);
    loaded?.state.fill(0);
    expect(await load(port, 0)).toEqual(checkpoint(1));
  });
}

function describeFencing(open: Open<OpenedCheckpoints>): void {
  it("refuses an owner whose fence is lower, whatever its sequence", async () => {
    const { port } = await opened(open);
    await port.save(0, checkpoint(10, 2));
    expect(await port.save(0, checkpoint(99, 1))).toBe("stale");
    expect(await load(port, 0)).toEqual(checkpoint(10, 2));
  });

  it("refuses a lower sequence under the same fence", async () => {
    const { port } = await opened(open);
    await port.save(0, checkpoint(10, 2));
    expect(await port.save(0, checkpoint(9, 2))).toBe("stale");
    expect(await load(port, 0)).toEqual(checkpoint(10, 2));
  });

  it("takes a lower sequence from the owner after", async () => {
    const { port } = await opened(open);
    await port.save(0, checkpoint(10, 2));
    expect(await port.save(0, checkpoint(8, 3))).toBe("saved");
    expect(await load(port, 0)).toEqual(checkpoint(8, 3));
  });

  it("lets the highest fence win when owners save at the same time", async () => {
    const { port } = await opened(open);
    const fences = [3, 7, 1, 9, 5, 2];
    await Promise.all(fences.map((fence) => port.save(0, checkpoint(fence, fence))));
    expect(await load(port, 0)).toEqual(checkpoint(9, 9));
  });
}

function describeDamage(name: string, open: Open<OpenedCheckpoints>): void {
  const cannot = (): string =>
    notVerified(`checkpoint-store/${name}`, "damage, its bytes are out of reach");

  it("passes over a damaged checkpoint for the one before it", async (test) => {
    const { port, damageNewest } = await opened(open);
    if (!damageNewest) return test.skip(cannot());
    for (const sequence of [1, 2, 3]) await port.save(0, checkpoint(sequence));
    await port.save(1, checkpoint(50));
    await damageNewest(0);
    expect(await load(port, 0)).toEqual(checkpoint(2));
    expect(await load(port, 1)).toEqual(checkpoint(50));
  });

  it("has none left where the only one is damaged", async (test) => {
    const { port, damageNewest } = await opened(open);
    if (!damageNewest) return test.skip(cannot());
    await port.save(0, checkpoint(1));
    await damageNewest(0);
    expect(await port.load(0)).toBeNull();
  });

  it("lets the owner that fell back save again, though it is behind the damaged one", async (test) => {
    const { port, damageNewest } = await opened(open);
    if (!damageNewest) return test.skip(cannot());
    await port.save(0, checkpoint(10));
    await port.save(0, checkpoint(90));
    await damageNewest(0);
    expect(await port.save(0, checkpoint(20))).toBe("saved");
    expect(await load(port, 0)).toEqual(checkpoint(20));
    expect(await port.save(0, checkpoint(15))).toBe("stale");
  });
}

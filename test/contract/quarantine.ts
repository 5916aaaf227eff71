import { describe, expect, it } from "vitest";
import type { Quarantine, Quarantined } from "#core/ports/quarantine.ts";
import { HOSTILE_STRINGS } from "./hostile-strings.ts";
import { notVerified, type Open, opened, type Opened } from "./opened.ts";

function refused(index: number, overrides: Partial<Quarantined> = {}): Quarantined {
  return {
    received: "2026-10-05T07:00:00.000Z",
    source: "http",
    tenant: "acme",
    index,
    code: "MH_EVENT_BAD_TIME",
    path: "/time",
    message: "`time` is not an RFC 3339 timestamp",
    size: 300,
    record: `{"time":"yesterday"}`,
    ...overrides,
  };
}

/** What every quarantine promises. */
export function describeQuarantine(name: string, open: Open<Opened<Quarantine>>): void {
  describe(`quarantine: ${name}`, () => {
    it("lists the newest first, as many as asked for", async () => {
      const { port } = await opened(open);
      await port.put([refused(0), refused(1, { tenant: null })]);
      await port.put([refused(2)]);
      expect(await port.list(10)).toEqual([refused(2), refused(1, { tenant: null }), refused(0)]);
      expect(await port.list(1)).toEqual([refused(2)]);
      expect(await port.list(0)).toEqual([]);
    });

    it.each([20, 5_000])("keeps %i records in their order", async (count) => {
      const { port } = await opened(open);
      const records = Array.from({ length: count }, (_, i) => refused(i));
      await port.put(records);
      expect(await port.list(count)).toEqual(records.toReversed());
    });

    it("gives hostile strings back as they are", async () => {
      const { port } = await opened(open);
      const records = HOSTILE_STRINGS.map((text, i) =>
        refused(i, { source: text, tenant: text, path: text, message: text, record: text }),
      );
      await port.put(records);
      expect(await port.list(100)).toEqual(records.toReversed());
    });

    it("takes a batch of nothing", async () => {
      const { port } = await opened(open);
      await port.put([]);
      expect(await port.list(10)).toEqual([]);
    });

    it("keeps records across a reopen, the later ones still first", async (test) => {
      const { port, reopen } = await opened(open);
      if (!reopen) return test.skip(notVerified(`quarantine/${name}`, "durability, it has none"));
      await port.put([refused(0)]);
      const again = await reopen();
      await again.put([refused(1)]);
      expect(await again.list(10)).toEqual([refused(1), refused(0)]);
    });
  });
}

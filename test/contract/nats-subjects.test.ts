import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createNatsUsageLog } from "#adapters/usage-log/nats.ts";
import type { RefusedLine } from "#adapters/usage-log/nats-unseal.ts";
import { subjectToken } from "#adapters/nats/subjects.ts";
import { partitionOf } from "#core/partition.ts";
import { eventEntry } from "#test/support/events.ts";
import { HOSTILE_STRINGS } from "./hostile-strings.ts";
import { describeOnNats, onNats } from "./nats-installation.ts";
import { opened } from "./opened.ts";
import { idsOf } from "./usage-entries.ts";

const TENANTS = [
  ...HOSTILE_STRINGS,
  "",
  "acme",
  "acme.eu",
  "a b",
  "*",
  ">",
  "acme.>",
  "$JS.API",
  "=",
  "\u4f60\u597d",
  "\ud800",
  "\udfff",
  "x".repeat(300),
  "x".repeat(301),
  subjectToken("a b"),
];

describe("subject tokens", () => {
  it("keep plain names and give every other one a token of its own", () => {
    expect(subjectToken("team-a_1")).toBe("team-a_1");
    const tokens = TENANTS.map(subjectToken);
    expect(new Set(tokens).size).toBe(TENANTS.length);
    for (const token of tokens) expect(token).toMatch(/^=?[A-Za-z0-9_-]{1,64}$/);
  });

  it("never meet for two names", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (a, b) => {
        expect(subjectToken(a) === subjectToken(b)).toBe(a === b);
      }),
    );
  });
});

describeOnNats("subjects", (host) => {
  describe("tenants in subjects", () => {
    it("come back as they are, each in its partition", async () => {
      const { port } = await opened(onNats(host, createNatsUsageLog));
      // JSON cannot carry lone surrogates through UTF-8; the parser never lets them in.
      const tenants = TENANTS.filter((tenant) => !/\p{Surrogate}/u.test(tenant));
      for (const [i, tenant] of tenants.entries()) {
        const partition = partitionOf(tenant, port.partitions);
        await port.append([{ partition, entries: [eventEntry({ id: `e${i}`, tenant })] }]);
      }
      const found = new Set<string>();
      for (let partition = 0; partition < port.partitions; partition++) {
        for (const entry of await port.read(partition, 0, 1_000)) {
          if (entry.kind !== "event") continue;
          expect(partitionOf(entry.event.tenant, port.partitions)).toBe(partition);
          found.add(entry.event.tenant);
        }
      }
      expect(found).toEqual(new Set(tenants));
    });

    it("are refused where they do not belong, and so is what cannot be read; the rest is folded", async () => {
      const refused: RefusedLine[] = [];
      const onRefused = (line: RefusedLine): void => void refused.push(line);
      const { port, nats } = await opened(
        onNats(host, (one) => createNatsUsageLog(one, { onRefused })),
      );
      const partition = partitionOf("acme", port.partitions);
      const elsewhere = (partition + 1) % port.partitions;
      const good = JSON.stringify(eventEntry({ id: "good" }).event);
      const foreign = JSON.stringify(eventEntry({ id: "foreign", tenant: "victim" }).event);
      const subject = nats().names.usageSubject(partition, "acme");
      for (const body of ["not json\n" + good, "null\n" + foreign, "{}", '{"tenant":7}', "\n\n"]) {
        await nats().js.publish(subject, body);
      }
      await nats().js.publish(nats().names.usageSubject(partition, "="), "no time");
      await port.append([{ partition: elsewhere, entries: [eventEntry({ id: "misplaced" })] }]);

      expect(idsOf(await port.read(partition, 0, 100))).toEqual(["good"]);
      expect(await port.read(elsewhere, 0, 100)).toEqual([]);
      const reasons = refused.map(({ reason }) => reason);
      expect(reasons.filter((reason) => reason === "partition_mismatch")).toHaveLength(2);
      expect(reasons.filter((reason) => reason === "unreadable")).toHaveLength(8);
    });
  });
});

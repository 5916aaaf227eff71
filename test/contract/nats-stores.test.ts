import { describe, expect, it } from "vitest";
import { createNatsCheckpointStore } from "#adapters/checkpoint-store/nats.ts";
import { createNatsFindingLog } from "#adapters/finding-log/nats.ts";
import { createNatsLeaseStore } from "#adapters/lease-store/nats.ts";
import { createNatsQuarantine } from "#adapters/quarantine/nats.ts";
import { createNatsUsageLog } from "#adapters/usage-log/nats.ts";
import { describeCheckpointStore } from "./checkpoint-store.ts";
import { describeFindingLog } from "./finding-log.ts";
import { describeLeaseStore, describeSharedLeases } from "./lease-store.ts";
import { connectTo, describeOnNats, freshStreams, LEASE_TTL, onNats } from "./nats-installation.ts";
import { describeQuarantine } from "./quarantine.ts";
import { describeUsageLog } from "./usage-log.ts";

describeOnNats("stores", (host) => {
  describe("NATS", () => {
    it("runs on a supported server, whose version it prints", async () => {
      const nats = await connectTo(host, freshStreams());
      const version = nats.nc.info?.version;
      await nats.close();
      console.info(`nats-server ${version}`);
      expect(version).toMatch(/^\d+\.\d+\.\d+/);
    });
  });

  describeUsageLog("NATS", onNats(host, createNatsUsageLog));
  describeFindingLog("NATS", onNats(host, createNatsFindingLog));
  describeQuarantine("NATS", onNats(host, createNatsQuarantine));
  const openLeases = onNats(host, (nats) => createNatsLeaseStore(nats, LEASE_TTL));
  describeLeaseStore("NATS", openLeases);
  describeSharedLeases("NATS", openLeases);
  describeCheckpointStore("NATS", async () => {
    const opened = await onNats(host, createNatsCheckpointStore)();
    return {
      ...opened,
      async damageNewest(partition) {
        const { js, jsm, names } = opened.nats();
        const key = String(partition).padStart(2, "0");
        const pointers = await js.views.kv(names.checkpoints, { bindOnly: true });
        const [newest] = (await pointers.get(key))!.json<{ name: string; size: number }[]>();
        const subject = names.subject("snapshot", key, newest!.name);
        await jsm.streams.purge(names.snapshots, { filter: subject });
        await js.publish(subject, Buffer.alloc(newest!.size, "gone bad"));
      },
    };
  });
});

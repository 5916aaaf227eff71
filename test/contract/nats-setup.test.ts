import { describe, expect, it, onTestFinished } from "vitest";
import { checkNats } from "#adapters/nats/check.ts";
import { connectNats, type Nats } from "#adapters/nats/connection.ts";
import { differences, isSupportedServer } from "#adapters/nats/differences.ts";
import { setUpNats } from "#adapters/nats/setup.ts";
import type { StreamSettings } from "#adapters/nats/streams.ts";
import { freePort } from "#test/support/process.ts";
import { connectTo, describeOnNats, freshStreams, removeStreams } from "./nats-installation.ts";

describe("the server version", () => {
  it.each(["2.12.7", "2.12.10", "2.14.0", "2.15.2", "2.15.2-RC.1", "3.0.0"])(
    "accepts %s",
    (version) => expect(isSupportedServer(version)).toBe(true),
  );
  it.each(["2.9.10", "2.11.15", "2.12.6", "1.20.30", "unknown", "", "2.12", "2.x.9"])(
    "refuses %j",
    (version) => expect(isSupportedServer(version)).toBe(false),
  );
});

describe("the comparison with what the server echoes", () => {
  it("names every field that differs or was silently ignored", () => {
    const wanted = { max_age: 5, deny_purge: true, discard: "new", allow_direct: false, limit: 0 };
    const echoed = { max_age: 6, discard: "new", limit: undefined, other: 1 };
    expect(differences("S", wanted, echoed)).toEqual([
      "S: max_age is 6, wanted 5",
      "S: deny_purge is undefined, wanted true",
    ]);
  });
});

describe("connecting", () => {
  it("fails with a code where nobody listens, and does not show the password", async () => {
    const servers = `nats://ops:hunter2@127.0.0.1:${await freePort()}`;
    const error = await connectNats({ servers, prefix: "x", name: "t" }).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: "MH_NATS_UNREACHABLE" });
    expect(String(error)).not.toContain("hunter2");
  });

  it("refuses a prefix that would break subjects", async () => {
    const connecting = connectNats({ servers: "nats://127.0.0.1:1", prefix: "a.b", name: "t" });
    await expect(connecting).rejects.toMatchObject({ code: "MH_USAGE" });
  });
});

describeOnNats("setup", (host) => {
  async function connection(settings: StreamSettings): Promise<Nats> {
    const nats = await connectTo(host, settings);
    onTestFinished(() => nats.close());
    return nats;
  }

  async function installation(): Promise<{ nats: Nats; settings: StreamSettings }> {
    const settings = freshStreams();
    const nats = await connectTo(host, settings);
    await setUpNats(nats, settings, 16);
    onTestFinished(async () => {
      await removeStreams(nats, settings);
      await nats.close();
    });
    return { nats, settings };
  }

  describe("setting up NATS", () => {
    it("creates everything, passes the check and changes nothing when run again", async () => {
      const { nats, settings } = await installation();
      await checkNats(nats, settings, 16);
      const again = await setUpNats(nats, settings, 16);
      expect(again).toHaveLength(9);
      expect(again.filter(({ did }) => did !== "kept")).toEqual([]);
    });

    it("says at start what is missing, all of it", async () => {
      const settings = freshStreams();
      const checking = checkNats(await connection(settings), settings, 16);
      await expect(checking).rejects.toMatchObject({ code: "MH_STREAM_MISSING" });
      await expect(checking).rejects.toThrow(/_USAGE_IN, .*_USAGE, .*KV_.*_CONFIG/);
    });

    it("says at start what is set up otherwise, field by field and all at once", async () => {
      const { nats, settings } = await installation();
      const { names, jsm } = nats;
      await jsm.streams.update(names.usage, { max_age: 3_600_000_000_000 });
      await jsm.streams.update(names.findings, { max_msgs_per_subject: 1 });
      await jsm.consumers.delete(names.usageIn, names.intake);
      const checking = checkNats(nats, settings, 32);
      await expect(checking).rejects.toMatchObject({ code: "MH_STREAM_MISMATCH" });
      for (const part of [
        /_USAGE: max_age is 3600000000000, wanted/,
        /_FINDINGS: max_msgs_per_subject is 1, wanted -1/,
        /consumer .*_INTAKE is missing/,
        /topology: partitions is 16, wanted 32/,
      ]) {
        await expect(checking).rejects.toThrow(part);
      }
    });

    it("repairs limits and never changes the number of partitions", async () => {
      const { nats, settings } = await installation();
      await nats.jsm.streams.update(nats.names.usage, { max_age: 3_600_000_000_000 });
      const steps = await setUpNats(nats, settings, 16);
      expect(steps.filter(({ did }) => did === "changed")).toHaveLength(1);
      const other = setUpNats(nats, settings, 8);
      await expect(other).rejects.toMatchObject({ code: "MH_STREAM_MISMATCH" });
    });
  });
});

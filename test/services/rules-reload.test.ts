import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pino from "pino";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Finding } from "#core/finding/finding.ts";
import { partitionOf, PARTITIONS } from "#core/partition.ts";
import { formatTime, MINUTE, SECOND } from "#core/time.ts";
import { ruleText } from "#test/support/correlation-rule.ts";
import { usageEvent } from "#test/support/events.ts";
import { spawnService } from "#test/support/process.ts";
import { scratchDir } from "#test/support/scratch.ts";
import { startTestService } from "#test/support/service.ts";
import { until } from "#test/support/until.ts";

const ACME = partitionOf("acme", PARTITIONS);

type LogLine = Record<string, unknown> & { event: string };

/** More than `limit` calls of one identity within an hour. */
function counting(name: string, limit: number): string {
  const correlate = `{ type: count, by: [identity.id], window: 1h, condition: { gt: ${limit} } }`;
  return ruleText(name, `entity: identity\nselect: { calls: {} }\ncorrelate: ${correlate}`);
}

/** A site's own rules folder. */
function rulesFolder(files: Record<string, string>) {
  const dir = scratchDir();
  const pathOf = (name: string): string => join(dir, "fan-out-spike", `${name}.yml`);
  mkdirSync(join(dir, "fan-out-spike"));
  const write = (name: string, text: string): void => writeFileSync(pathOf(name), text);
  for (const [name, text] of Object.entries(files)) write(name, text);
  return { dir, pathOf, write, remove: (name: string) => rmSync(pathOf(name)) };
}

/** A running service that looks at such a folder, with what it logs and a way to make an identity call. */
async function serve(dir: string, dataDir = scratchDir()) {
  const lines: LogLine[] = [];
  const logger = pino(
    { level: "info" },
    { write: (line) => lines.push(JSON.parse(line) as LogLine) },
  );
  const test = await startTestService({ logger, data_dir: dataDir, rules: { dir } });
  let isStopped = false;
  const stop = async (): Promise<void> => {
    if (!isStopped) await test.stop();
    isStopped = true;
  };
  onTestFinished(stop);
  const logged = (event: string): LogLine[] => lines.filter((line) => line.event === event);
  const { usageLog } = test.service.ports;
  /** Entries of all partitions. */
  const stored = async (): Promise<number> => {
    let sum = 0;
    for (let partition = 0; partition < usageLog.partitions; partition++) {
      sum += (await usageLog.read(partition, 0, 1_000)).length;
    }
    return sum;
  };
  const before = await stored();
  const begun = Date.now() - 5 * MINUTE;
  let sent = 0;
  return {
    test,
    stop,
    logged,
    /** The entries of the tenant's partition, but for ticks. */
    async entries() {
      const entries = await usageLog.read(ACME, 0, 1_000);
      return entries.filter(({ kind }) => kind !== "tick");
    },
    /** Resolves once another set has taken effect in the tenant's partition. */
    inEffect: () =>
      until("the set in effect", () =>
        logged("rules.in_effect").find(({ partition }) => partition === ACME),
      ),
    async calls(identity: string, count: number) {
      const events = Array.from({ length: count }, () => {
        sent += 1;
        const id = `${process.pid}-${begun}-${sent}`;
        const time = formatTime(begun + sent * SECOND);
        return usageEvent({ id, time, tenant: "acme", identity: { id: identity } });
      });
      const { status } = await test.send(events);
      expect(status).toBe(202);
      await test.folded((await stored()) - before);
    },
    /** The newest finding on an identity; told of are openings and changes only. */
    finding: (identity: string): Finding | undefined =>
      test.service.findings.all().find(({ subject }) => subject.identity === identity),
  };
}

/** Long enough for two looks at the folder. */
const TWO_LOOKS = 3 * SECOND;

describe("a changed rule", () => {
  it("judges later events, by what was counted before; open findings stay open", async () => {
    const folder = rulesFolder({ calls: counting("calls", 5) });
    const { calls, finding, inEffect, logged } = await serve(folder.dir);
    await calls("busy", 6);
    await calls("calm", 4);
    await until("the finding", () => finding("busy"));
    expect(finding("calm")).toBeUndefined();

    folder.write("calls", counting("calls", 3));
    await inEffect();
    expect(finding("calm")).toBeUndefined();
    await calls("calm", 1);
    const calm = await until("the finding", () => finding("calm"));
    expect(calm.facts).toMatchObject({ observed: 5, expected: 3 });
    const { id } = finding("busy")!;
    await calls("busy", 70);
    const grown = await until("the growth", () => {
      const { facts } = finding("busy")!;
      return facts["expected"] === 3 && finding("busy");
    });
    expect(grown).toMatchObject({ id, closed_at: null });
    expect(logged("rules.reloaded")).toMatchObject([
      { added: [], removed: [], changed: ["fan-out-spike.calls"] },
    ]);
  });

  it("takes effect at an entry of the log, which names it", async () => {
    const folder = rulesFolder({ calls: counting("calls", 5) });
    const { calls, inEffect, entries } = await serve(folder.dir);
    await calls("busy", 2);
    folder.write("calls", counting("calls", 3));
    const { sequence, to } = await inEffect();
    await calls("busy", 2);
    const kinds = (await entries()).map(({ kind }) => kind);
    expect(kinds).toEqual(["start", "event", "event", "rules", "event", "event"]);
    expect((await entries())[3]).toMatchObject({ sequence, digest: to });
  });
});

describe("a rule set with anything wrong in it", () => {
  it("changes nothing; every problem is logged once, with its place and what to do", async () => {
    const folder = rulesFolder({ calls: counting("calls", 5), more: counting("more", 50) });
    const { test, calls, finding, inEffect, logged } = await serve(folder.dir);
    await calls("busy", 3);
    folder.write("calls", counting("calls", 1));
    folder.write("more", counting("more", 50).replace("severity: low", "severty: low"));
    await until("the refusal", () => logged("rules.refused").length > 0);
    await sleep(TWO_LOOKS);
    const [refusal, ...others] = logged("rules.refused");
    expect(others).toEqual([]);
    expect(refusal).toMatchObject({ code: "MH_RULES_INVALID", remedy: /rules lint/ });
    expect(refusal!["problems"]).toEqual([
      expect.stringMatching(/more\.yml:\d+:\d+: severity: /),
      expect.stringMatching(/more\.yml:\d+:\d+: severty: unknown key, did you mean "severity"\?/),
    ]);
    await calls("busy", 1);
    expect(finding("busy")).toBeUndefined();
    const metrics = async () => (await test.call("GET", "/metrics")).text;
    expect(await metrics()).toContain("meterhound_rules_refused 1");

    folder.write("more", counting("more", 50));
    await inEffect();
    await calls("busy", 1);
    await until("the finding", () => finding("busy"));
    expect(await metrics()).toContain("meterhound_rules_refused 0");
  });

  it("is refused where no rule is left in it", async () => {
    const folder = rulesFolder({ calls: counting("calls", 5) });
    const { calls, finding, logged } = await serve(folder.dir);
    folder.remove("calls");
    await until("the refusal", () => logged("rules.refused").length > 0);
    rmSync(folder.dir, { recursive: true });
    const [empty, gone] = await until("the other refusal", () => {
      const lines = logged("rules.refused");
      return lines.length === 2 && lines;
    });
    expect(empty).toMatchObject({ code: "MH_RULES_INVALID" });
    expect(gone).toMatchObject({ code: "MH_FILE_UNREADABLE" });
    await calls("busy", 6);
    await until("the finding", () => finding("busy"));
  });
});

describe("files that are still being written", () => {
  it("are waited for, also where each state of them would be a rule set", async () => {
    const folder = rulesFolder({ calls: counting("calls", 5) });
    const { calls, finding, inEffect, logged } = await serve(folder.dir);
    await calls("busy", 2);
    for (let line = 0; line < 20; line++) {
      folder.write("calls", counting("calls", 1) + "# comment\n".repeat(line));
      await sleep(150);
    }
    folder.write("calls", counting("calls", 3).slice(0, 200));
    await sleep(500);
    folder.write("calls", counting("calls", 3));
    folder.write("other", counting("other", 4));
    await inEffect();
    await calls("busy", 1);
    expect(logged("rules.reloaded")).toMatchObject([{ added: ["fan-out-spike.other"] }]);
    expect(logged("rules.refused")).toEqual([]);
    expect(finding("busy")).toBeUndefined();
    await calls("busy", 1);
    await until("the finding", () => finding("busy"));
  });
});

describe("a rule that is removed", () => {
  it("finds nothing more, and what it found stays as it was; the others go on", async () => {
    const folder = rulesFolder({ calls: counting("calls", 3), more: counting("more", 8) });
    const { calls, finding, inEffect } = await serve(folder.dir);
    await calls("busy", 4);
    const before = await until("the finding", () => finding("busy"));
    folder.remove("calls");
    await inEffect();
    await calls("busy", 4);
    await calls("calm", 8);
    expect(finding("busy")).toEqual(before);
    expect(finding("calm")).toBeUndefined();
    await calls("calm", 1);
    const { rule } = await until("the finding", () => finding("calm"));
    expect(rule).toBe("fan-out-spike.more");
  });
});

describe("a restart", () => {
  it("goes on with the set in effect, and tells the log of another one", async () => {
    const folder = rulesFolder({ calls: counting("calls", 5) });
    const dataDir = scratchDir();
    const first = await serve(folder.dir, dataDir);
    await first.calls("busy", 4);
    folder.write("calls", counting("calls", 4));
    await first.inEffect();
    await first.stop();

    const second = await serve(folder.dir, dataDir);
    await second.calls("busy", 1);
    await until("the finding", () => second.finding("busy"));
    await second.stop();
    expect(second.logged("rules.in_effect")).toEqual([]);

    folder.write("calls", counting("calls", 2));
    const third = await serve(folder.dir, dataDir);
    await third.calls("calm", 3);
    await until("the finding", () => third.finding("calm"));
    const to = third.logged("service.started")[0]!["rules"];
    const named = await until("the entry", async () => {
      const entries = await third.entries();
      const digests = entries.flatMap((entry) => (entry.kind === "rules" ? [entry.digest] : []));
      return digests.length === 2 && digests;
    });
    expect(named[1]).toBe(to);
  });
});

describe("SIGHUP", () => {
  it("reloads the rules of a serving process, and does not end it", async () => {
    const folder = rulesFolder({ calls: counting("calls", 5) });
    const service = await spawnService(["--data-dir", scratchDir()], {
      env: { METERHOUND_RULES__DIR: folder.dir },
    });
    onTestFinished(() => service.kill());
    process.kill(service.pid, "SIGHUP");
    await until("the answer", () => service.stderr().includes('"rules.unchanged"'));
    folder.write("calls", "id: [\n");
    process.kill(service.pid, "SIGHUP");
    await until("the refusal", () => service.stderr().includes('"rules.refused"'));
    folder.write("calls", counting("calls", 3));
    process.kill(service.pid, "SIGHUP");
    await until("the reload", () => service.stderr().includes('"rules.reloaded"'));
    expect(await service.stop()).toBe(0);
  });
});

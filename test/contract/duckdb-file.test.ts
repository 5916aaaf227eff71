import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { appendRows } from "#adapters/duckdb/append-rows.ts";
import { type Database, openDatabase } from "#adapters/duckdb/connection.ts";
import { createDuckDbUsageLog } from "#adapters/usage-log/duckdb.ts";
import { eventEntry } from "#test/support/events.ts";

async function directory(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "meterhound's-"));
  onTestFinished(() => rm(dir, { recursive: true }));
  return dir;
}

async function open(dir: string): Promise<Database> {
  const database = await openDatabase(dir);
  onTestFinished(() => database.close());
  return database;
}

/** Runs a program in a process of its own and waits for its first words. */
async function program(source: string): Promise<{ child: ChildProcess; said: string }> {
  const args = ["--import", "tsx", "--input-type=module", "-e", source];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [said] = (await once(child.stdout, "data")) as [Buffer];
  return { child, said: said.toString().trim() };
}

const count = async (database: Database): Promise<unknown> =>
  (await database.read("SELECT count(*) FROM usage_log"))[0]?.[0];

const row = [0, 1n, 1n, "event-1", "acme", "event", "{}"];

describe("the data file", () => {
  it("is refused while another process has it, naming that process", async () => {
    const dir = await directory();
    const { child } = await program(`
      import { openDatabase } from "#adapters/duckdb/connection.ts";
      await openDatabase(${JSON.stringify(dir)});
      console.log("open");
      setInterval(() => {}, 1000);`);
    await expect(openDatabase(dir)).rejects.toMatchObject({
      code: "MH_DATA_IN_USE",
      details: { dir, pid: String(child.pid) },
    });
  });

  it("is refused a second time in the same process, and still keeps others out", async () => {
    const dir = await directory();
    await open(dir);
    await expect(openDatabase(dir)).rejects.toMatchObject({ code: "MH_DATA_IN_USE" });
    const { said } = await program(`
      import { openDatabase } from "#adapters/duckdb/connection.ts";
      console.log(await openDatabase(${JSON.stringify(dir)}).then(() => "open", (e) => e.code));`);
    expect(said).toBe("MH_DATA_IN_USE");
  });

  it("is refused where it cannot be made, and can be opened once that is repaired", async () => {
    const dir = await directory();
    const inTheWay = join(dir, "meterhound.duckdb");
    await writeFile(inTheWay, "not a database".repeat(1_000));
    await expect(openDatabase(dir)).rejects.toMatchObject({ code: "MH_DATA_UNWRITABLE" });
    await expect(openDatabase(inTheWay)).rejects.toMatchObject({ code: "MH_DATA_UNWRITABLE" });
    await rm(inTheWay);
    expect(await count(await open(dir))).toBe(0n);
  });

  it("is refused where a later version wrote it", async () => {
    const dir = await directory();
    const database = await openDatabase(dir);
    await database.transaction(async (writer) => {
      await writer.run("INSERT INTO schema_version VALUES (999)");
    });
    await database.close();
    await expect(openDatabase(dir)).rejects.toThrow(/schema 999 is newer/);
  });

  it("gives statements no way to other files or settings", async () => {
    const database = await open(await directory());
    await expect(database.read("SELECT * FROM read_csv('/etc/hostname')")).rejects.toThrow(
      /disabled/,
    );
    await expect(database.read("SET enable_external_access = true")).rejects.toThrow(/access/);
    await expect(database.read("SET threads = 8")).rejects.toThrow(/locked/);
  });

  it("keeps nothing of a transaction that fails, appended rows included", async () => {
    const database = await open(await directory());
    const failing = database.transaction(async (writer) => {
      await appendRows(writer, "usage_log", [row]);
      throw new Error("changed my mind");
    });
    await expect(failing).rejects.toThrow("changed my mind");
    const misfit = database.transaction((writer) => appendRows(writer, "usage_log", [row, ["x"]]));
    await expect(misfit).rejects.toThrow(/not an integer/);
    expect(await count(database)).toBe(0n);
    await database.transaction((writer) => appendRows(writer, "usage_log", [row]));
    expect(await count(database)).toBe(1n);
  });

  it("refuses work once it is closed", async () => {
    const database = await open(await directory());
    await database.close();
    await expect(count(database)).rejects.toMatchObject({ code: "MH_DATA_UNWRITABLE" });
    await expect(database.transaction(async () => 1)).rejects.toThrow(/closed/);
  });

  it("has every acknowledged event after the process was killed", async () => {
    const dir = await directory();
    const { child, said } = await program(`
      import { openDatabase } from "#adapters/duckdb/connection.ts";
      import { createDuckDbUsageLog } from "#adapters/usage-log/duckdb.ts";
      import { eventEntry } from "#test/support/events.ts";
      const log = await createDuckDbUsageLog(await openDatabase(${JSON.stringify(dir)}));
      for (let i = 0; i < 50; i++) await log.append([{ partition: 0, entries: Array(40).fill(eventEntry()) }]);
      void log.append([{ partition: 1, entries: Array(5000).fill(eventEntry()) }]);
      console.log("acknowledged");
      setInterval(() => {}, 1000);`);
    expect(said).toBe("acknowledged");
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
    const log = await createDuckDbUsageLog(await open(dir));
    expect(await log.read(0, 0, 10_000)).toHaveLength(2_000);
    expect([0, 5_000]).toContain((await log.read(1, 0, 10_000)).length);
  });

  it("keeps nothing of an append that is rejected, whichever partitions it names", async () => {
    const log = await createDuckDbUsageLog(await open(await directory()));
    const append = log.append([
      { partition: 0, entries: [eventEntry(), eventEntry()] },
      { partition: 1, entries: [{ ...eventEntry(), at: 0.5 }] },
    ]);
    await expect(append).rejects.toMatchObject({ code: "MH_LOG_UNAVAILABLE" });
    expect(await log.read(0, 0, 10)).toEqual([]);
    expect(await log.read(1, 0, 10)).toEqual([]);
  });

  it("does not let an append that cannot be stored take its neighbours down", async () => {
    const log = await createDuckDbUsageLog(await open(await directory()));
    const poisoned = { ...eventEntry(), at: 0.5 };
    const answers = await Promise.allSettled(
      [eventEntry(), eventEntry(), poisoned, eventEntry()].map((entry) =>
        log.append([{ partition: 0, entries: [entry] }]),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([
      "fulfilled",
      "fulfilled",
      "rejected",
      "fulfilled",
    ]);
    expect(answers[2]).toMatchObject({ reason: { code: "MH_LOG_UNAVAILABLE" } });
    expect(await log.read(0, 0, 10)).toHaveLength(3);
  });
});

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { ShowbackReport } from "#core/showback/report.ts";
import { meterhound, type Run, spawnService } from "#test/support/process.ts";
import { scratchDir } from "#test/support/scratch.ts";
import { loop, ndjson } from "#test/support/traffic.ts";

const EVENTS = [
  ...loop("one", { times: 4 }),
  ...loop("two", { times: 2, attribution: { team: "search" }, tenant: "globex" }),
  ...loop("three", { times: 1, attribution: { team: undefined, cost_center: undefined } }),
  ...loop("four", { times: 1, cost: undefined, model: { requested: "house", served: "house" } }),
];

/** A folder with a configuration and some usage in its log, and a way to run commands in it. */
async function place(): Promise<{ cwd: string; run: (...args: string[]) => Promise<Run> }> {
  const cwd = scratchDir();
  writeFileSync(join(cwd, "meterhound.yml"), "data_dir: data\n");
  writeFileSync(join(cwd, "events.ndjson"), ndjson(EVENTS));
  const run = (...args: string[]) => meterhound(args, { cwd });
  expect(await run("ingest", "events.ndjson")).toMatchObject({ code: 0 });
  return { cwd, run };
}

describe("showback report", () => {
  it("says who used what for how much, beside a service and without one", async () => {
    const { cwd, run } = await place();
    const alone = await run("showback", "report", "--quality");
    expect(alone.code).toBe(0);
    const lines = alone.stdout.split("\n");
    expect(lines[0]).toBe("Usage from 2026-09-05T08:00:00.000Z to 2026-10-05T08:00:00.000Z in USD");
    expect(lines.slice(2, 7).map((line) => line.split(/ {2,}/))).toEqual([
      ["team", "cost", "direct", "shared", "calls", "tokens", "unpriced", "expected", "variance"],
      ["assist", "$0.02", "$0.02", "$0.00", "5", "6,000", "1"],
      ["search", "$0.01", "$0.01", "$0.00", "2", "2,400"],
      ["_unattributed", "$0.01", "$0.01", "$0.00", "1", "1,200"],
      ["total", "$0.04", "$0.04", "$0.00", "8", "9,600", "1"],
    ]);
    expect(alone.stdout).toContain("without a price, in no amount: 1 calls, 1,200 tokens");
    expect(alone.stdout).toContain("the log began later than 2026-08-06");
    expect(alone.stdout).toMatch(/walk +fail\n.+\n +Tokens without a price: 0.125, needs < 0.01\n/);

    const service = await spawnService([], { cwd });
    onTestFinished(() => service.kill());
    expect(await run("showback", "report", "--quality")).toEqual(alone);
  });

  it("writes JSON and CSV, by the groups and the tenant asked for", async () => {
    const { run } = await place();
    const asked = ["showback", "report", "--group-by", "tenant,team", "--tenant", "globex"];
    const json = JSON.parse((await run(...asked, "--format", "json")).stdout) as ShowbackReport;
    expect(json.items).toMatchObject([
      { group: { tenant: "globex", team: "search" }, cost: "0.012", calls: 2 },
    ]);
    const csv = (await run(...asked, "--format", "csv")).stdout.split("\r\n");
    expect(csv).toHaveLength(3);
    expect(csv[1]).toContain(",globex,search,USD,0.012,0.012,0,");
  });

  it("writes a FOCUS dataset, beside a service and without one", async () => {
    const { cwd, run } = await place();
    const alone = await run("showback", "report", "--format", "focus");
    expect(alone).toMatchObject({ code: 0, stderr: "" });
    const [header, ...rows] = alone.stdout.trim().split("\r\n");
    expect(header).toContain("BilledCost,BillingAccountId,");
    // Four teams' calls are in three rows: one call has no price.
    expect(rows).toHaveLength(3);
    const service = await spawnService([], { cwd });
    onTestFinished(() => service.kill());
    expect(await run("showback", "report", "--format", "focus")).toEqual(alone);
  });

  it("says that there was no usage", async () => {
    const { run } = await place();
    const { code, stdout } = await run("showback", "report", "--to", "2026-01-01");
    expect([code, stdout.split("\n")[2]]).toEqual([0, "no usage"]);
  });

  it.each([
    [["--group-by", "taem"], /^MH_USAGE: group_by\.0: /],
    [["--from", "yesterday"], /^MH_USAGE: from: must be a date like/],
    [["--format", "xlsx"], /^MH_USAGE: --format takes table, json, csv, focus\./],
    [["--format", "csv", "--quality"], /^MH_USAGE: --quality comes as table or json\./],
    [["--format", "focus", "--quality"], /^MH_USAGE: --quality comes as table or json\./],
    [["--format", "focus", "--group-by", "team"], /^MH_USAGE: group_by: focus has rows of its own/],
    [["file.ndjson"], /^MH_USAGE: showback report takes no argument file\.ndjson\./],
  ])("refuses %s", async (args, line) => {
    const { code, stderr } = await meterhound(["showback", "report", ...args], {
      cwd: scratchDir(),
    });
    expect([code, stderr]).toEqual([2, expect.stringMatching(line)]);
  });
});

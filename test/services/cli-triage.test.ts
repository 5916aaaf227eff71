import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Finding } from "#core/finding/finding.ts";
import type { FindingDetail } from "#core/finding/history.ts";
import { meterhound, type Run, type RunOptions, spawnService } from "#test/support/process.ts";
import { scratchDir } from "#test/support/scratch.ts";
import { loop, ndjson, START } from "#test/support/traffic.ts";
import { until } from "#test/support/until.ts";

const CONFIG = [
  "data_dir: data",
  "api:",
  "  tokens:",
  "    - { name: gateway, token: token-of-the-gateway, roles: [ingest] }",
  "    - { name: ana, token: token-of-ana, roles: [analyst] }",
].join("\n");
const AS_BEN: RunOptions = { env: { USER: "ben" } };

/** A folder with a service that has found `loops` loops, and a way to run commands in it. */
async function found(loops: number) {
  const cwd = scratchDir();
  writeFileSync(join(cwd, "meterhound.yml"), CONFIG);
  const events = Array.from({ length: loops }, (_, i) =>
    loop(`s-${i}`, { at: START + i * 600_000, times: 4 }),
  );
  writeFileSync(join(cwd, "events.ndjson"), ndjson(events.flat()));
  const run = (...args: string[]): Promise<Run> => meterhound(args, { cwd, ...AS_BEN });
  const service = await spawnService([], { cwd });
  onTestFinished(() => service.kill());
  await run("ingest", "events.ndjson");
  const findings = await until("the findings", async () => {
    const lines = (await run("findings", "list", "--json")).stdout.split("\n").filter(Boolean);
    return lines.length === loops && lines.map((line) => JSON.parse(line) as Finding);
  });
  return { run, service, findings };
}

const detailOf = ({ stdout }: Run): FindingDetail => JSON.parse(stdout) as FindingDetail;
const lastLine = ({ stderr }: Run): string => stderr.trim().split("\n").at(-1) ?? "";

describe("findings set", () => {
  it("changes a finding through the service, and without it over the logs; show tells all of it", async () => {
    const { run, service, findings } = await found(1);
    const { id } = findings[0]!;
    const set = await run("findings", "set", id, "--status", "in_progress", "--assignee", "ana");
    expect(set).toMatchObject({ code: 0, stderr: "" });
    expect(set.stdout).toMatch(
      new RegExp(`^${id}: status in_progress, assignee ana; 0 notes; revision \\d+\n$`),
    );
    await run("findings", "set", id, "--note", "asked the owner");
    await run("findings", "set", id, "--note", "first line\nsecond \u001b[31mline", "--contained");

    expect(lastLine(await run("findings", "set", "nobody", "--note", "hello"))).toMatch(
      /^MH_API_NOT_FOUND: /,
    );

    const unsaid = await run("findings", "set", id, "--status", "resolved");
    expect(unsaid.code).toBe(1);
    expect(lastLine(unsaid)).toMatch(/^MH_API_BAD_REQUEST: resolving a finding takes a verdict\. /);

    const late = ["findings", "set", id, "--status", "new", "--revision", "1"];
    const conflict =
      /^MH_API_CONFLICT: The finding was changed by someone else: it is at revision \d+\. Read it/;
    const served = await run(...late);
    expect(served).toMatchObject({ code: 1, stdout: "" });
    expect(lastLine(served)).toMatch(conflict);

    await service.stop();
    expect(lastLine(await run(...late))).toMatch(conflict);
    const done = ["--status", "resolved", "--verdict", "true_positive", "--note", "key revoked"];
    const after = detailOf(await run("findings", "set", id, ...done, "--json"));
    expect(after).toMatchObject({ status: "resolved", verdict: "true_positive", assignee: "ana" });
    expect(after.notes.map(({ by, text }) => [by, text])).toEqual([
      ["ana", "asked the owner"],
      ["ana", "first line\nsecond \u001b[31mline"],
      ["ben", "key revoked"],
    ]);

    const { stdout } = await run("findings", "show", id);
    expect(stdout).toMatch(
      /standing +status resolved, verdict true_positive, assignee ana, contained \S+; revision \d+/,
    );
    const history = stdout.slice(stdout.indexOf("History"));
    expect(history).toMatch(/\n {2}\S+Z {2}opened at \w+\n/);
    expect(history).toMatch(/ {2}ana: status in_progress, assignee ana\n/);
    expect(history).toMatch(/ {2}ana: note\n {6}asked the owner\n/);
    expect(history).toMatch(/ {2}ana: contained\n {6}first line\n {6}second \ufffd\[31mline\n/);
    expect(history).toMatch(/ {2}ben: status resolved, verdict true_positive\n {6}key revoked\n$/);
  });
});

describe("findings list", () => {
  it("says when there are more than it shows, beside a service and without one", async () => {
    const { run, service, findings } = await found(3);
    const newest = findings.map(({ id }) => id);
    const expectList = async (): Promise<void> => {
      const two = await run("findings", "list", "--limit", "2", "--json");
      expect(
        two.stdout
          .trim()
          .split("\n")
          .map((line) => (JSON.parse(line) as Finding).id),
      ).toEqual(newest.slice(0, 2));
      expect(two.stderr).toBe("2 of 3 findings; --limit N or --all shows more\n");
      const all = await run("findings", "list", "--all");
      for (const id of newest) expect(all.stdout).toContain(id);
      expect(all.stderr).toBe("");
      expect((await run("findings", "list", "--limit", "3")).stderr).toBe("");
    };
    await expectList();
    await service.stop();
    await expectList();
  });
});

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, afterAll, describe, expect, it } from "vitest";
import type { FindingDifference } from "#core/finding/diff.ts";
import type { Finding } from "#core/finding/finding.ts";
import { SHIPPED_RULES } from "#services/rules/load.ts";
import { meterhound, type Run, spawnService } from "#test/support/process.ts";
import { makeScratch, removeScratch } from "#test/support/scratch.ts";
import { loop, ndjson, START } from "#test/support/traffic.ts";
import { until } from "#test/support/until.ts";

const cwd = makeScratch();
const run = (...args: string[]): Promise<Run> => meterhound(args, { cwd });
const lines = <T>({ stdout }: Run): T[] =>
  stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);

/** One loop of a long and one of a short cycle, an hour apart, and one of another tenant. */
const EVENTS = [
  ...loop("one", { times: 12 }),
  ...loop("two", { times: 4, at: START + 3_600_000, identity: { id: "svc-two" } }),
  ...loop("three", { times: 4, at: START + 7_200_000, tenant: "globex" }),
];
const ALL = ["--from", "2026-10-05T00:00:00Z", "--to", "2026-10-06T00:00:00Z"];

let recorded: Finding[];

beforeAll(async () => {
  writeFileSync(join(cwd, "meterhound.yml"), "data_dir: data\n");
  writeFileSync(join(cwd, "events.ndjson"), ndjson(EVENTS));
  const service = await spawnService([], { cwd });
  await run("ingest", "events.ndjson");
  recorded = await until(
    "the last figures of the findings",
    async () => {
      const found = lines<Finding>(await run("findings", "list", "--json"));
      return found.reduce((calls, { evidence }) => calls + evidence.events, 0) === 20 && found;
    },
    30_000,
  );
  await service.stop();
}, 60_000);
afterAll(() => removeScratch(cwd));

describe("replay of the stored usage", () => {
  it("finds what a replay of the file finds", async () => {
    const ofFile = await run("replay", "--json", "events.ndjson");
    const stored = await run("replay", "--json", ...ALL);
    expect(stored.code).toBe(0);
    const told = ({ id, severity, showback }: Finding) => [id, severity, showback.excess];
    expect(lines<Finding>(stored).map(told)).toEqual(lines<Finding>(ofFile).map(told));
    expect(stored.stderr).toMatch(/^20 events over .+, 3 findings, /);
  });

  it.each([
    [["--tenant", "globex"], ["globex"]],
    [["--identity", "svc-two"], ["acme"]],
    [["--identity", "svc-two", "--tenant", "globex"], []],
    [
      ["--tenant", "acme", "--tenant", "globex"],
      ["acme", "acme", "globex"],
    ],
  ])("with %j reads nothing else", async (chosen, tenants) => {
    const found = lines<Finding>(await run("replay", "--json", ...ALL, ...chosen));
    expect(found.map(({ tenant }) => tenant)).toEqual(tenants);
  });

  it("learns from the time before without telling of it", async () => {
    const late = ["--from", "2026-10-05T07:30:00Z", "--to", "2026-10-06T00:00:00Z", "--json"];
    const cold = await run("replay", ...late);
    const warm = await run("replay", ...late, "--learn", "1h");
    expect(cold.stderr).toMatch(/^8 events .+, 2 findings, /);
    expect(warm.stderr).toMatch(/^20 events .+, 2 findings, /);
    expect(lines<Finding>(warm).map(({ id }) => id)).toEqual(
      lines<Finding>(cold).map(({ id }) => id),
    );
  });

  it("--diff says that nothing differs from the record where nothing does", async () => {
    const { code, stdout } = await run("replay", "--diff", ...ALL);
    expect(code).toBe(0);
    expect(stdout).toBe("0 only here, 0 only on record, 0 changed, 3 the same\n");
  });

  it("--diff tells what is only here, only on record and changed", async () => {
    const half = ["--from", "2026-10-05T00:00:00Z", "--to", "2026-10-05T07:02:00Z", "--diff"];
    const one = recorded.find(
      ({ tenant, subject }) => tenant === "acme" && subject.identity !== "svc-two",
    );
    const differences = lines<FindingDifference>(await run("replay", "--json", ...half));
    expect(differences).toMatchObject([
      {
        kind: "changed",
        here: { id: one!.id },
        record: { id: one!.id },
        changed: expect.arrayContaining(["excess"]) as string[],
      },
    ]);
    const table = await run("replay", ...half);
    expect(table.stdout).toMatch(
      new RegExp(
        `\n~ changed .+ → .+${one!.id}\n\n0 only here, 0 only on record, 1 changed, 0 the same\n$`,
      ),
    );

    const others = join(SHIPPED_RULES, "prompt-loop", "even-growth.yml");
    const missed = await run("replay", "--diff", ...ALL, "--rules", others);
    expect(missed.stdout).toContain("0 only here, 3 only on record, 0 changed, 0 the same");
    for (const { id } of recorded) expect(missed.stdout).toContain(id);

    const elsewhere = ["--data-dir", "empty", "--diff", ...ALL];
    await run("ingest", "events.ndjson", "--data-dir", "empty");
    expect((await run("replay", ...elsewhere)).stdout).toContain("3 only here, 0 only on record");
  });

  it("stores nothing: the record stays as it is", async () => {
    expect(lines<Finding>(await run("findings", "list", "--json"))).toEqual(recorded);
  });
});

describe("explain", () => {
  it("tells on a page why a finding is what it is", async () => {
    const one = recorded.find(({ severity }) => severity === "high")!;
    const { code, stdout } = await run("explain", one.id);
    expect(code).toBe(0);
    expect(stdout.startsWith(`${one.title}\nHIGH prompt-loop, confidence ${one.confidence}`)).toBe(
      true,
    );
    for (const title of [
      "What the rule looks for",
      "What decided",
      "Severity",
      "Confidence",
      "Attribution",
      "Money",
      "It would not have fired on",
      "What to do",
    ])
      expect(stdout).toContain(`\n\n${title}\n  `);
    expect(stdout).toMatch(/\n {2}repeats +12 +how often the cycle has run\n/);
    expect(stdout).toMatch(/\n {2}✓ +high +\S.+\n/);
    expect(stdout).toMatch(/\n {2}0\.\d+ = rule 0\.\d+ × 0\.95 for lineage by session × /);
    expect(stdout).toMatch(/\n {2}excess +\$0\.06 +observed - expected; /);
    expect(stdout).toMatch(/\n {2}just below +two equal steps happen\n/);
  });

  it("--json gives the finding, its explanation and what is related", async () => {
    const { stdout } = await run("explain", recorded[0]!.id, "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      finding: { id: recorded[0]!.id, history: expect.any(Array) as unknown[] },
      explanation: { rule: { id: recorded[0]!.rule }, money: { observed: "cost of the episode" } },
      related: [],
    });
  });

  it("says so where there is no such finding", async () => {
    const { code, stderr } = await run("explain", "nobody");
    expect(code).toBe(1);
    expect(stderr).toMatch(/MH_API_NOT_FOUND: /);
  });
});

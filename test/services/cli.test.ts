import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Finding } from "#core/finding/finding.ts";
import { COMMANDS } from "#services/cli/commands.ts";
import { meterhound, type Run } from "#test/support/process.ts";
import { createRandom } from "#test/support/random.ts";
import { makeScratch, removeScratch } from "#test/support/scratch.ts";
import { loop, ndjson, START } from "#test/support/traffic.ts";

const dir = makeScratch();
afterAll(() => removeScratch(dir));

function file(name: string, content: string | Uint8Array): string {
  const path = join(dir, name);
  writeFileSync(path, content);
  return path;
}

/** Eight loops, one after another. */
const EVENTS = Array.from({ length: 8 }, (_, i) =>
  loop(`s-${i}`, { at: START + i * 600_000, times: 3 + i }),
).flat();

const run = (...args: string[]): Promise<Run> => meterhound(args, { cwd: dir });

/** An error is one line with a code and a remedy, and a code of its own for scripts. */
function expectError({ stderr, stdout, code }: Run, expected: string, exit: number): void {
  expect(stderr.trim().split("\n").at(-1)).toMatch(new RegExp(`^${expected}: .+\\. \\S.*\\.$`));
  expect(stderr).not.toMatch(/\n\s+at /);
  expect(stdout).toBe("");
  expect(code).toBe(exit);
}

describe("help and wrong usage", () => {
  it.each(Object.keys(COMMANDS))(
    "%s --help says what it takes and changes nothing",
    async (name) => {
      const { code, stdout, stderr } = await run(...name.split(" "), "--help");
      expect(code).toBe(0);
      expect(stderr).toBe("");
      expect(stdout).toMatch(new RegExp(`^usage: meterhound ${name}`));
      expect(stdout).toContain("--data-dir DIR");
    },
  );

  it("--help lists every command", async () => {
    const { code, stdout } = await run("--help");
    expect(code).toBe(0);
    const commands = await Promise.all(Object.values(COMMANDS).map(async (load) => load()));
    for (const { name, summary } of commands)
      expect(stdout).toMatch(new RegExp(`\\n  ${name}.*${summary}`));
  });

  it.each([
    [["sniff"], "no command sniff"],
    [["rules"], "rules test, rules lint, rules list, rules backtest"],
    [["replay"], "at least one file"],
    [["replay", "--loud", "x"], "'--loud'"],
    [["replay", "--rules"], "'--rules"],
    [["replay", "x", "--format", "csv"], "format csv"],
    [["replay", "x", "--from", "2026-10-05T00:00:00Z"], "exclude each other"],
    [["replay", "--from", "2026-10-05T00:00:00Z"], "--to takes a time"],
    [["replay", "--diff", "x"], "--from and --to"],
    [["explain"], "one finding's id"],
    [["ingest"], "at least one file"],
    [["serve", "now"], "now"],
    [["serve", "--roles", "ingest,cook"], "cook"],
    [["findings", "show"], "one finding"],
    [["findings", "list", "extra"], "extra"],
    [["findings", "list", "--severity", "urgent"], "severity"],
    [["findings", "list", "--sort", "age"], "sort: "],
    [["findings", "list", "--limit", "none"], "--limit takes a number"],
    [["findings", "list", "--limit", "3", "--all"], "exclude each other"],
    [["findings", "set"], "one finding's id"],
    [["findings", "set", "x"], "nothing to change"],
    [["findings", "set", "x", "--verdict", "yes"], "verdict: "],
    [["findings", "set", "x", "--note", "y", "--revision", "latest"], "--revision takes a number"],
    [["demo", "--until", "soon"], "--until"],
  ])("meterhound %j is wrong usage: exit 2 and a reason", async (args, reason) => {
    const result = await run(...args);
    expectError(result, "MH_USAGE", 2);
    expect(result.stderr).toContain(reason);
  });

  it("--version says which version runs", async () => {
    const { code, stdout } = await run("--version");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^meterhound \d+\.\d+\.\d+\n$/);
  });

  it("no command at all is wrong usage that shows the commands", async () => {
    const { code, stdout } = await run();
    expect(code).toBe(2);
    expect(stdout).toContain("usage: meterhound <command>");
  });
});

describe("config check", () => {
  it("lists every problem with file, line and column, then one line with the code", async () => {
    file(
      "broken.yml",
      "api:\n  port: eighty\n  hosts: x\nimpact: { notice_usd_day: -1 }\nlog: { level: loud }\n",
    );
    const { code, stderr, stdout } = await run("config", "check", "--config", "broken.yml");
    const lines = stderr.trim().split("\n");
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(lines).toHaveLength(5);
    const places = lines
      .slice(0, 4)
      .map((line) => /^broken\.yml:(\d+):\d+: /.exec(line)?.[1] ?? line);
    expect(places.toSorted()).toEqual(["2", "3", "4", "5"]);
    expect(lines[4]).toMatch(/^MH_CONFIG_INVALID: 4 problems, listed above\. \S/);
  });

  it("says that there is none where all is well", async () => {
    expect(await run("config", "check")).toMatchObject({ code: 0, stderr: "" });
  });

  it("names a file that is not there", async () => {
    const result = await run("config", "check", "--config", "missing.yml");
    expectError(result, "MH_FILE_UNREADABLE", 1);
    expect(result.stderr).toContain("missing.yml: there is no such file");
  });
});

describe("replay", () => {
  let plain: string;
  let straight: Run;
  const findingsOf = ({ stdout }: Run): Finding[] =>
    stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Finding);

  beforeAll(async () => {
    plain = file("plain.ndjson", `${ndjson(EVENTS)}\n`);
    straight = await run("replay", "--json", plain);
  });

  it("--json prints one finding a line in order of opening and id, and nothing else", () => {
    expect(straight.code).toBe(0);
    const findings = findingsOf(straight);
    expect(findings).toHaveLength(8);
    const order = findings.map(({ opened_at, id }) => `${opened_at} ${id}`);
    expect(order).toEqual(order.toSorted());
    expect(new Set(findings.map(({ status }) => status))).toEqual(new Set(["new"]));
    expect(straight.stderr).toMatch(
      /^52 events over 0\.1 days, 8 findings, \d+\.\d s, [\d,]+ events\/s\n$/,
    );
  });

  it("without --json prints each finding as it opens and a table", async () => {
    const { code, stdout } = await run("replay", plain);
    expect(code).toBe(0);
    for (const { id } of findingsOf(straight)) expect(stdout).toContain(id);
    expect(stdout).toMatch(/\nseverity +family +/);
  });

  it("given the same file twice finds nothing twice", async () => {
    expect((await run("replay", "--json", plain, plain)).stdout).toBe(straight.stdout);
  });

  it("of several files merges them by event time", async () => {
    const odd = file("odd.ndjson", ndjson(EVENTS.filter((_, i) => i % 2 === 1)));
    const even = file("even.ndjson", ndjson(EVENTS.filter((_, i) => i % 2 === 0)));
    expect((await run("replay", "--json", odd, even)).stdout).toBe(straight.stdout);
  });

  it.each(["packed.ndjson.gz", "packed.ndjson"])(
    "unpacks gzip in a file called %s",
    async (name) => {
      const packed = file(name, gzipSync(ndjson(EVENTS)));
      expect((await run("replay", "--json", packed)).stdout).toBe(straight.stdout);
    },
  );

  it("reads a file that is called .gz and is not packed", async () => {
    const path = file("unpacked.gz", ndjson(EVENTS));
    expect((await run("replay", "--json", path)).stdout).toBe(straight.stdout);
  });

  it.each([
    ["plain", ndjson(EVENTS)],
    ["packed", gzipSync(ndjson(EVENTS))],
  ])("reads standard input, %s", async (_, stdin) => {
    const piped = await meterhound(["replay", "--json", "-"], { cwd: dir, stdin });
    expect(piped.stdout).toBe(straight.stdout);
  });

  it("of a file shuffled within a minute gives the very same output", async () => {
    const random = createRandom(3);
    const keyed = EVENTS.map((event) => ({
      event,
      key: Date.parse(event.time) + random.below(59_000),
    }));
    const shuffled = keyed.toSorted((a, b) => a.key - b.key).map(({ event }) => event);
    expect(shuffled).not.toEqual(EVENTS);
    const path = file("shuffled.ndjson", ndjson(shuffled));
    expect((await run("replay", "--json", path)).stdout).toBe(straight.stdout);
  });

  it("passes over lines it cannot read and says which and how many", async () => {
    const path = file("dirty.ndjson", `\ufeff${ndjson(EVENTS)}\nnot json\n{"id":"x"}\n`);
    const { code, stdout, stderr } = await run("replay", "--json", path);
    expect(code).toBe(0);
    expect(stdout).toBe(straight.stdout);
    expect(stderr).toMatch(/dirty\.ndjson:53: MH_EVENT_UNPARSEABLE/);
    expect(stderr).toMatch(
      /2 lines were not understood: 1 × MH_EVENT_UNPARSEABLE, 1 × MH_EVENT_MISSING_FIELD/,
    );
  });

  it.each([
    ["a file that is not there", "missing.ndjson"],
    ["a folder", "."],
    ["a packed file that is cut", "cut.gz"],
  ])("fails with a coded line where it is given %s", async (_, path) => {
    file("cut.gz", gzipSync(ndjson(EVENTS)).subarray(0, 100));
    const result = await run("replay", "--json", path);
    expectError(result, "MH_FILE_UNREADABLE", 1);
    expect(result.stderr).toContain(`Cannot read ${path}: `);
  });

  it("stops quietly when nobody reads its output any more", async () => {
    const many = Array.from({ length: 300 }, (_, i) =>
      loop(`m-${i}`, { at: START + i * 60_000, times: 3, every: 1_000 }),
    );
    const path = file("many.ndjson", ndjson(many.flat()));
    const { code, stderr } = await meterhound(["replay", "--json", path], {
      cwd: dir,
      closeStdout: true,
    });
    expect(stderr).not.toContain("EPIPE");
    expect(code).toBe(0);
  });
});

describe("doctor", () => {
  it("warns where nothing is known of networks, without failing", async () => {
    const { code, stdout } = await run("doctor", "--config", file("bare.yml", ""));
    expect(code).toBe(0);
    expect(stdout).toMatch(/^! network facts: no range file: .+\n {4}Name a file .+geo\.file\.$/m);
  });

  it("names the range file, and tells what is wrong in it", async () => {
    const networks = file("networks.csv", "cidr,asn,country\n10.0.0.0/8,64500,DE\n");
    const config = file("geo.yml", `geo: { file: ${networks} }`);
    expect((await run("doctor", "--config", config)).stdout).toContain(
      `✓ network facts: from ${networks}`,
    );
    file("networks.csv", "cidr,asn,country\n10.0.0.0/8,64500,Germany\n");
    const { code, stdout } = await run("doctor", "--config", config);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^✗ configuration: networks\.csv:2:18: country: must be two capital/m);
  });
});

describe("replay with a range file", () => {
  it("judges calls by the network their address belongs to", async () => {
    const call = (i: number, ip: string) => ({
      id: `n-${i}`,
      time: new Date(START + i * 3_600_000).toISOString(),
      identity: { id: "svc", credential: "fp" },
      model: { provider: "openai", requested: "gpt-4o" },
      usage: { input_tokens: 100, output_tokens: 10 },
      network: { ip },
    });
    const old = Array.from({ length: 200 }, (_, i) => call(i, `10.0.${i % 256}.1`));
    const odd = Array.from({ length: 5 }, (_, i) => call(200 + i / 60, "192.0.2.9"));
    const events = file("networks.ndjson", ndjson([...old, ...odd]));
    const networks = file(
      "as.csv",
      "cidr,asn,country\n10.0.0.0/8,64500,DE\n192.0.2.0/24,64999,US\n",
    );
    const config = file("as.yml", `geo: { file: ${networks} }`);
    const rulesOf = async (...args: string[]) => {
      const { stdout } = await run("replay", events, "--json", ...args);
      const lines = stdout.split("\n").filter(Boolean);
      return lines.map((line) => (JSON.parse(line) as Finding).rule);
    };
    expect(await rulesOf("--config", config)).toContain("new-tenant.network");
    expect(await rulesOf("--config", file("bare.yml", ""))).not.toContain("new-tenant.network");
  });
});

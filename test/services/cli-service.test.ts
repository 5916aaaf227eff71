import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Finding } from "#core/finding/finding.ts";
import { SHIPPED_RULES } from "#services/rules/load.ts";
import {
  meterhound,
  type RunOptions,
  type Run,
  type ServiceProcess,
  spawnService,
} from "#test/support/process.ts";
import { scratchDir } from "#test/support/scratch.ts";
import { loop, ndjson } from "#test/support/traffic.ts";
import { until } from "#test/support/until.ts";

const CONFIG = [
  "data_dir: data",
  "api:",
  "  tokens:",
  "    - { name: gateway, token: token-of-the-gateway, roles: [ingest] }",
  "    - { name: ana, token: token-of-the-viewer, roles: [viewer] }",
].join("\n");

/** A folder with a configuration and a file of two loops, and a way to run commands in it. */
function place(config = CONFIG): { cwd: string; run: (...args: string[]) => Promise<Run> } {
  const cwd = scratchDir();
  writeFileSync(join(cwd, "meterhound.yml"), config);
  writeFileSync(join(cwd, "events.ndjson"), ndjson([...loop("one"), ...loop("two", { times: 4 })]));
  return { cwd, run: (...args) => meterhound(args, { cwd }) };
}

async function serve(args: string[], options: RunOptions): Promise<ServiceProcess> {
  const service = await spawnService(args, options);
  onTestFinished(() => service.kill());
  return service;
}

/** The line that says what went wrong. */
const lineOf = ({ stderr }: Run): string =>
  stderr.split("\n").find((line) => line.startsWith("MH_")) ?? stderr;

describe("commands beside a running service", () => {
  it("go through it to ingest, list and show, and read the same once it has stopped", async () => {
    const { cwd, run } = place();
    const service = await serve([], { cwd });
    const ingested = await run("ingest", "events.ndjson");
    expect(ingested).toMatchObject({
      code: 0,
      stdout: "16 accepted, 0 duplicates, 0 quarantined\n",
    });
    expect((await run("ingest", "events.ndjson")).stdout).toBe(
      "0 accepted, 16 duplicates, 0 quarantined\n",
    );
    const [first] = await until(
      "the last figures of both findings",
      async () => {
        const lines = (await run("findings", "list", "--json")).stdout.split("\n").filter(Boolean);
        const found = lines.map((line) => JSON.parse(line) as Finding);
        return found.reduce((calls, { evidence }) => calls + evidence.events, 0) === 16 && found;
      },
      30_000,
    );
    expect(
      (await run("findings", "list", "--json", "--severity", "low")).stdout.trim().split("\n"),
    ).toHaveLength(1);
    const shown = await run("findings", "show", first!.id);
    expect(shown.code).toBe(0);
    expect(shown.stdout).toContain(first!.title);
    const asJson = JSON.parse(
      (await run("findings", "show", first!.id, "--json")).stdout,
    ) as Finding;

    expect(await service.stop()).toBe(0);
    expect(existsSync(join(cwd, "data", "meterhound.lock"))).toBe(false);
    const again = JSON.parse(
      (await run("findings", "show", first!.id, "--json")).stdout,
    ) as Finding;
    expect(again).toMatchObject({ ...asJson, revision: expect.any(Number) as number });
    expect((await run("findings", "list")).stdout).toContain(first!.id);
    expect(lineOf(await run("findings", "show", "nobody"))).toMatch(/^MH_API_NOT_FOUND: /);
  }, 60_000);

  it("store a file while no service runs, and the next one folds it", async () => {
    const { cwd, run } = place();
    expect((await run("ingest", "events.ndjson")).stdout).toBe(
      "16 accepted, 0 duplicates, 0 quarantined\n",
    );
    expect((await run("findings", "list")).stdout).toBe("no findings\n");
    await serve([], { cwd });
    await until(
      "the findings",
      async () => (await run("findings", "list", "--json")).stdout.trim().split("\n").length === 2,
    );
  });

  it("try a candidate rule on what is stored, without a trace", async () => {
    const { run } = place();
    await run("ingest", "events.ndjson");
    const rules = join(SHIPPED_RULES, "prompt-loop", "strict-repeat.yml");
    const history = ["--from", "2026-01-01T00:00:00Z", "--to", "2027-01-01T00:00:00Z"];
    const { code, stdout } = await run("rules", "backtest", rules, ...history);
    expect(code).toBe(0);
    expect(stdout).toMatch(/prompt-loop\.strict-repeat: 2 findings \(.+\) on 1 identities/);
    expect((await run("findings", "list")).stdout).toBe("no findings\n");
    expect(lineOf(await run("rules", "backtest", rules))).toMatch(/^MH_USAGE: --from takes a time/);
  });

  it("say as failure that nothing of a file was understood", async () => {
    const { cwd, run } = place();
    writeFileSync(join(cwd, "bill.json"), '{"InvoiceId":"1"}\n');
    const { code, stdout, stderr } = await run("ingest", "bill.json");
    expect([code, stdout]).toEqual([1, "0 accepted, 0 duplicates, 1 quarantined\n"]);
    expect(stderr).toMatch(/^bill\.json:1: MH_EVENT_MISSING_FIELD at id: .+\n1 line was not/);
  });

  it("send files of large events in bodies the service takes", async () => {
    const { cwd, run } = place();
    const note = {
      attribution: {
        tags: Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`t${i}`, "x".repeat(200)])),
      },
    };
    const large = Array.from({ length: 1_500 }, (_, i) => ({
      ...loop("x", { times: 1, id: `large-${i}` })[0]!,
      ...note,
    }));
    writeFileSync(
      join(cwd, "large.ndjson"),
      `${ndjson(large)}\n{"id":"huge","x":"${"y".repeat(6_000_000)}"}\n`,
    );
    await serve([], { cwd });
    const { code, stdout, stderr } = await run("ingest", "large.ndjson");
    expect(stdout).toBe("1500 accepted, 0 duplicates, 1 quarantined\n");
    expect(stderr).toMatch(/large\.ndjson:1501: MH_EVENT_TOO_LARGE/);
    expect(code).toBe(0);
  });

  it("say which role is missing where no token may do it", async () => {
    const { cwd, run } = place(CONFIG.replace("[viewer]", "[ingest]"));
    await serve([], { cwd });
    const result = await run("findings", "list");
    expect(result.code).toBe(1);
    expect(lineOf(result)).toMatch(/^MH_API_FORBIDDEN: The token lacks the role viewer/);
  });
});

describe("serve", () => {
  it("refuses a data directory that another service uses, and says which process that is", async () => {
    const { cwd, run } = place();
    const service = await serve([], { cwd });
    const second = await run("serve");
    expect(second.code).toBe(1);
    expect(lineOf(second)).toMatch(new RegExp(`^MH_DATA_IN_USE: .* process ${service.pid}\\. `));
    const { ok } = await fetch(`${service.address}/readyz`);
    expect(ok).toBe(true);
    const lock = JSON.parse(readFileSync(join(cwd, "data", "meterhound.lock"), "utf8")) as {
      pid: number;
    };
    expect(lock.pid).toBe(service.pid);
  });

  it("refuses a port that is taken, and leaves no lock behind", async () => {
    const { cwd } = place();
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => new Promise<void>((resolve) => other.close(() => resolve())));
    const { port } = other.address() as AddressInfo;
    const result = await meterhound(["serve"], {
      cwd,
      env: { METERHOUND_API__PORT: String(port) },
    });
    expect(result.code).toBe(1);
    expect(lineOf(result)).toMatch(
      new RegExp(`^MH_PORT_IN_USE: Cannot listen on 127\\.0\\.0\\.1:${port}`),
    );
    expect(existsSync(join(cwd, "data", "meterhound.lock"))).toBe(false);
  });

  it.each(["0.0.0.0", "192.0.2.1", "::"])(
    "refuses to listen on %s without a token",
    async (host) => {
      const { cwd } = place("data_dir: data\n");
      const result = await meterhound(["serve"], { cwd, env: { METERHOUND_API__HOST: host } });
      expect(result.code).toBe(1);
      expect(lineOf(result)).toMatch(/^MH_CONFIG_OPEN_LISTEN: /);
      expect(existsSync(join(cwd, "data"))).toBe(false);
    },
  );

  it("is not held up by the lock of a killed process, nor are other commands", async () => {
    const { cwd, run } = place();
    const killed = await serve([], { cwd });
    await killed.kill();
    expect(existsSync(join(cwd, "data", "meterhound.lock"))).toBe(true);
    expect((await run("findings", "list")).stdout).toBe("no findings\n");
    const next = await spawnService([], { cwd });
    await next.kill();
    const last = await serve([], { cwd });
    expect((await fetch(`${last.address}/readyz`)).ok).toBe(true);
  });

  it("ends with exit code 0 on SIGTERM and tells no secret on the way", async () => {
    const { cwd } = place();
    const service = await serve([], { cwd });
    expect(await service.stop()).toBe(0);
    expect(service.stderr()).toContain(`Meterhound listens on ${service.address}`);
    expect(service.stderr()).not.toContain("token-of-the-gateway");
  });

  it("runs only the roles it is given", async () => {
    const { cwd } = place("data_dir: data\n");
    const service = await serve(["--roles", "api"], { cwd });
    expect(
      (await fetch(`${service.address}/v1/events`, { method: "POST", body: "{}" })).status,
    ).toBe(404);
    expect((await fetch(`${service.address}/api/v1/findings`)).status).toBe(200);
  });
});

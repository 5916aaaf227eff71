import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { it } from "vitest";
import { createInfluxClient, type InfluxClient } from "#adapters/influx/client.ts";
import { setupInflux } from "#adapters/influx/setup.ts";
import { freePort } from "./process.ts";
import { makeScratch, removeScratch } from "./scratch.ts";
import { findServer, howToGet } from "./servers.ts";
import { until } from "./until.ts";

/** A real server with an operator's token. */
export interface Influxd {
  url: string;
  org: string;
  /** The operator's token of the onboarding. */
  token: string;
  version: string;
  /** Buckets under a prefix of their own, without retention if not asked otherwise, and a client that may do everything. */
  installation(keepForever?: boolean): Promise<{ prefix: string; client: InfluxClient }>;
  /** Null where the server is not ours to stop. */
  process: {
    stop(): Promise<void>;
    /** Ends it as a power cut would. */
    kill(): Promise<void>;
    /** Starts it again on the same data and port. */
    restart(): Promise<void>;
  } | null;
  /** Removes what the tests made, and the server where it is theirs. */
  dispose(): Promise<void>;
}

const ORG = "meterhound";
const TOKEN = "operator-token-of-a-test";

/**
 * Runs a suite on a real server: one of its own, or the one at INFLUX_URL (with INFLUX_TOKEN, an
 * operator's, and INFLUX_ORG). Without any it is skipped by name, or fails where REQUIRE_SERVERS=1 asks
 * for it. The suite disposes of the server.
 */
export async function withInfluxd(name: string, suite: (server: Influxd) => void): Promise<void> {
  const found = findServer("influxd");
  if (found) return suite(await ("url" in found ? visit(found.url) : startInfluxd(found.binary)));
  const note = `SKIPPED ${name}: ${howToGet("influxd")}; InfluxDB adapter NOT verified`;
  console.warn(note);
  // oxlint-disable-next-line vitest/expect-expect -- it stands for the suite that did not run
  it(`${name} on InfluxDB`, (test) => test.skip(note));
}

/** Starts a server of its own on a free loopback port, onboarded. */
export async function startInfluxd(binary: string): Promise<Influxd> {
  const dir = makeScratch();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let child = launch(binary, dir, port);
  let ended = endOf(child);
  const stopBy = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await ended;
  };
  const version = await ready(url, child);
  await onboard(url);
  const access = { url, org: ORG, token: TOKEN };
  return {
    ...access,
    version,
    installation: installer(access),
    process: {
      stop: () => stopBy("SIGTERM"),
      kill: () => stopBy("SIGKILL"),
      async restart() {
        child = launch(binary, dir, port);
        ended = endOf(child);
        await ready(url, child);
      },
    },
    async dispose() {
      await stopBy("SIGKILL");
      removeScratch(dir);
    },
  };
}

/** A server that runs already: what the tests make there has a name of its own and goes again. */
async function visit(url: string): Promise<Influxd> {
  const access = {
    url,
    org: process.env["INFLUX_ORG"] ?? ORG,
    token: process.env["INFLUX_TOKEN"] ?? "",
  };
  const version = await ready(url, null);
  const mark = `mh${Date.now().toString(36)}${process.pid}`;
  return {
    ...access,
    version,
    installation: installer(access, mark),
    process: null,
    async dispose() {
      const ask = (path: string, method = "GET"): Promise<Response> =>
        fetch(url + path, { method, headers: { authorization: `Token ${access.token}` } });
      const listed = await (await ask("/api/v2/buckets?limit=100")).json();
      for (const { id, name } of (listed as { buckets: { id: string; name: string }[] }).buckets) {
        if (name.startsWith(mark)) await ask(`/api/v2/buckets/${id}`, "DELETE");
      }
    },
  };
}

function installer(
  access: { url: string; org: string; token: string },
  mark = "t",
): Influxd["installation"] {
  let installations = 0;
  return async (keepForever = true) => {
    const prefix = `${mark}${(installations += 1)}_`;
    await setupInflux({ ...access, prefix, keepForever });
    return { prefix, client: createInfluxClient(access) };
  };
}

function launch(binary: string, dir: string, port: number): ChildProcess {
  const options = {
    "http-bind-address": `127.0.0.1:${port}`,
    "bolt-path": join(dir, "influxd.bolt"),
    "sqlite-path": join(dir, "influxd.sqlite"),
    "engine-path": join(dir, "engine"),
    "log-level": "error",
  };
  const flags = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  return spawn(binary, ["--reporting-disabled", "--ui-disabled", ...flags], { stdio: "ignore" });
}

function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
}

async function ready(url: string, child: ChildProcess | null): Promise<string> {
  return until(
    "influxd to answer",
    async () => {
      if (child && child.exitCode !== null) throw new Error(`influxd ended: ${child.exitCode}`);
      const healthy = await fetch(`${url}/health`).catch(() => null);
      return healthy?.ok === true && healthy.headers.get("x-influxdb-version");
    },
    30_000,
  );
}

async function onboard(url: string): Promise<void> {
  const body = { username: "operator", password: "a-test-only", org: ORG, bucket: "first" };
  const answer = await fetch(`${url}/api/v2/setup`, {
    method: "POST",
    body: JSON.stringify({ ...body, token: TOKEN }),
  });
  if (answer.status !== 201) throw new Error(`onboarding: ${answer.status} ${await answer.text()}`);
}

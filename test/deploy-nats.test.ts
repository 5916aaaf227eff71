import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { connect, type NatsConnection } from "nats";
import { afterAll, beforeAll, expect, it } from "vitest";
import { connectNats } from "#adapters/nats/connection.ts";
import { setUpNats } from "#adapters/nats/setup.ts";
import { DEFAULT_STREAMS } from "#adapters/nats/streams.ts";
import { PARTITIONS } from "#core/partition.ts";
import { notVerified } from "./contract/opened.ts";
import { freePort } from "./support/process.ts";
import { makeScratch, removeScratch } from "./support/scratch.ts";
import { findServer, howToGet } from "./support/servers.ts";
import { until } from "./support/until.ts";

const ROOT = new URL("..", import.meta.url).pathname;
const GATEWAY = "acme.edge";

const found = findServer("nats-server");
const binary = found && "binary" in found ? found.binary : null;

/** The server as docker-compose.yml runs it: the same configuration file, the same secrets, other paths. */
if (binary === null) {
  it("runs the NATS of the compose file", (test) => {
    test.skip(notVerified("deploy/nats", howToGet("nats-server")));
  });
} else {
  const dir = makeScratch();
  const secrets = join(dir, "run/secrets");
  let url = "";
  let server: ChildProcess;

  const passwordOf = (name: string): string => readFileSync(join(secrets, name), "utf8").trim();
  const as = (user: string, secret: string): Promise<NatsConnection> =>
    connect({
      servers: url,
      user,
      pass: passwordOf(secret),
      timeout: 5_000,
      inboxPrefix: user === GATEWAY ? `_INBOX_${GATEWAY}` : "_INBOX",
    });
  const publishes = async (nc: NatsConnection, subject: string): Promise<boolean> => {
    const answer = await nc
      .jetstream({ timeout: 1_000 })
      .publish(subject, "{}")
      .catch(() => null);
    return answer !== null;
  };

  beforeAll(async () => {
    mkdirSync(join(dir, "etc/nats"), { recursive: true });
    copyFileSync(join(ROOT, "deploy/nats/nats.conf"), join(dir, "etc/nats/nats.conf"));
    execFileSync("bash", [join(ROOT, "deploy/make-secrets.sh"), secrets, GATEWAY]);
    const [port, monitor] = [await freePort(), await freePort()];
    url = `nats://127.0.0.1:${port}`;
    const environment = {
      NATS_LISTEN: `127.0.0.1:${port}`,
      NATS_MONITOR: `127.0.0.1:${monitor}`,
      NATS_STORE_DIR: join(dir, "data"),
    };
    server = spawn(binary, ["-c", join(dir, "etc/nats/nats.conf")], {
      env: { ...process.env, ...environment },
      stdio: "ignore",
    });
    await until("the NATS of the compose file to be healthy", async () => {
      const answer = await fetch(`http://127.0.0.1:${monitor}/healthz`).catch(() => null);
      return answer?.ok ?? false;
    });
    const password = passwordOf("nats_setup_password");
    const nats = await connectNats({
      servers: url,
      prefix: "",
      name: "setup",
      user: "setup",
      password,
    });
    await setUpNats(nats, DEFAULT_STREAMS, PARTITIONS);
    await nats.close();
  });

  afterAll(() => {
    server.kill("SIGKILL");
    removeScratch(dir);
  });

  it("lets a gateway publish its own tenant and gateway, and nothing else", async () => {
    const nc = await as(GATEWAY, `gateway_${GATEWAY}`);
    expect(await publishes(nc, "usage.in.acme.edge")).toBe(true);
    const forbidden = [
      "usage.in.acme.other",
      "usage.in.globex.edge",
      "usage.in.acme.edge.more",
      "usage.log.03.acme",
      "finding.acme.x.m.1",
      "$JS.API.STREAM.DELETE.USAGE",
      "$KV.LEASES.00",
    ];
    for (const subject of forbidden) expect(await publishes(nc, subject), subject).toBe(false);
    await nc.close();
  });

  it("lets no gateway read what others send", async () => {
    const nc = await as(GATEWAY, `gateway_${GATEWAY}`);
    const heard: unknown[] = [];
    for (const subject of ["usage.in.>", "usage.log.>", "finding.>", "_INBOX.>"]) {
      nc.subscribe(subject, { callback: (error) => heard.push(error === null ? subject : null) });
    }
    const other = await as("meterhound", "nats_password");
    await other.jetstream().publish("usage.in.globex.edge", "{}");
    await nc.flush().catch(() => {});
    expect(heard.filter((subject) => subject !== null)).toEqual([]);
    await Promise.all([nc.close(), other.close()]);
  });

  it("lets a worker write the logs, and keeps it from deleting or changing a stream", async () => {
    const nc = await as("meterhound", "nats_password");
    expect(await publishes(nc, "usage.log.03.acme")).toBe(true);
    const jsm = await nc.jetstreamManager({ timeout: 1_000 });
    await expect(jsm.streams.delete("USAGE")).rejects.toThrow();
    await expect(jsm.streams.purge("FINDINGS")).rejects.toThrow();
    await expect(jsm.streams.update("USAGE", { max_age: 1 })).rejects.toThrow();
    await nc.close();
  });

  it("knows nobody without a password", async () => {
    await expect(connect({ servers: url, timeout: 2_000, reconnect: false })).rejects.toThrow();
  });
}

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { freePort } from "./process.ts";
import { makeScratch, removeScratch } from "./scratch.ts";
import { until } from "./until.ts";

/** A nats-server with JetStream of a test's own. */
export interface NatsServer {
  readonly url: string;
  readonly pid: () => number;
  /** Ends it in good order; its store stays. */
  stop(): Promise<void>;
  /** Ends it as a power cut would end a process. */
  kill(): Promise<void>;
  /** Starts it again, on the same port and store. */
  start(): Promise<void>;
  /** Ends it and removes its store. */
  dispose(): Promise<void>;
}

export interface NatsServerOptions {
  /** Lines of configuration beside the ordinary ones, such as an `authorization` block. */
  extra?: string;
  /** Lines within the `jetstream` block, such as `sync_interval: always`. */
  jetstream?: string;
}

/** Starts a server on a free loopback port with a store of its own and waits until it answers. */
export async function startNatsServer(
  binary: string,
  { extra = "", jetstream = "" }: NatsServerOptions = {},
): Promise<NatsServer> {
  const dir = makeScratch();
  const port = await freePort();
  const config = join(dir, "nats.conf");
  mkdirSync(join(dir, "store"));
  const store = JSON.stringify(join(dir, "store"));
  writeFileSync(
    config,
    `host: 127.0.0.1\nport: ${port}\nmax_payload: 256KB\n` +
      `jetstream {\n store_dir: ${store}\n max_file_store: 8GB\n max_memory_store: 64MB\n ${jetstream}\n}\n${extra}\n`,
  );
  let child: ChildProcess;

  async function start(): Promise<void> {
    child = spawn(binary, ["-c", config], { stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.stderr!.setEncoding("utf8").on("data", (text: string) => (said += text));
    await until("nats-server to answer", () => {
      if (child.exitCode !== null) throw new Error(`nats-server ended: ${said}`);
      return answers(port);
    });
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  }

  await start();
  return {
    url: `nats://127.0.0.1:${port}`,
    pid: () => child.pid!,
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
    start,
    async dispose() {
      await end("SIGKILL");
      removeScratch(dir);
    },
  };
}

/** True once the server greets whoever connects. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const finish = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("data", () => finish(true));
    socket.once("error", () => finish(false));
  });
}

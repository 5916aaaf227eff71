import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { until } from "./until.ts";

const BIN = fileURLToPath(new URL("../../bin/meterhound.js", import.meta.url));

/** A test that fails half-way must not leave a service behind. */
const running = new Set<ChildProcess>();
process.once("exit", () => running.forEach((child) => child.kill("SIGKILL")));

export interface Run {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  cwd?: string;
  stdin?: string | Uint8Array;
  env?: Record<string, string>;
  /** Stops reading its output at once, as `head` does. */
  closeStdout?: boolean;
}

/** Runs one command to its end through the very program a user runs. */
export async function meterhound(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  const child = start(args, options);
  const run = collect(child);
  if (options.closeStdout) child.stdout!.destroy();
  child.stdin!.on("error", () => {});
  child.stdin!.end(options.stdin ?? "");
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { ...run, code };
}

/** A service in a process of its own. */
export interface ServiceProcess {
  address: string;
  pid: number;
  stderr(): string;
  /** Asks it to stop and answers its exit code. */
  stop(): Promise<number | null>;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
}

/** Starts `serve` on a free port and waits until it is ready. */
export async function spawnService(
  args: readonly string[],
  { env = {}, cwd }: RunOptions = {},
): Promise<ServiceProcess> {
  const port = env["METERHOUND_API__PORT"] ?? String(await freePort());
  const child = start(["serve", ...args], {
    ...(cwd !== undefined && { cwd }),
    env: { ...env, METERHOUND_API__PORT: port },
  });
  const run = collect(child);
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const address = `http://127.0.0.1:${port}`;
  const isReady = async (): Promise<boolean> => {
    if (child.exitCode !== null) throw new Error(`serve ended: ${run.stderr}`);
    return fetch(`${address}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  };
  try {
    await until("the service to be ready", isReady, 30_000);
  } catch (cause) {
    child.kill("SIGKILL");
    throw new Error(`serve did not come up: ${run.stderr}`, { cause });
  }
  return {
    address,
    pid: child.pid!,
    stderr: () => run.stderr,
    stop() {
      child.kill("SIGTERM");
      return ended;
    },
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** A port nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function start(args: readonly string[], { cwd, env = {} }: RunOptions): ChildProcess {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(METERHOUND_|NODE_OPTIONS)/.test(name),
  );
  const child = spawn(process.execPath, [BIN, ...args], {
    ...(cwd !== undefined && { cwd }),
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  running.add(child);
  child.once("close", () => running.delete(child));
  return child;
}

function collect(child: ChildProcess): Run {
  const run: Run = { code: null, stdout: "", stderr: "" };
  child.stdout!.setEncoding("utf8").on("data", (text: string) => (run.stdout += text));
  child.stderr!.setEncoding("utf8").on("data", (text: string) => (run.stderr += text));
  return run;
}

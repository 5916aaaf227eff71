import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

/** A script of the bench in a process of its own. */
export interface Child<Answer> {
  /** The next message it sends. */
  next(): Promise<Answer>;
  /** Asks it to end and waits until it has. */
  end(): Promise<void>;
}

const running = new Set<ChildProcess>();
process.once("exit", () => running.forEach((child) => child.kill("SIGKILL")));

/** Starts a script with one argument, as JSON; what it sends to its parent comes out of `next`. */
export function startChild<Answer>(script: URL, argument: unknown): Child<Answer> {
  const flags = (process.env["BENCH_CHILD_FLAGS"] ?? "").split(" ").filter(Boolean);
  const child = fork(script, [JSON.stringify(argument)], {
    execArgv: [...flags, "--import", "tsx"],
  });
  running.add(child);
  const exited = once(child, "exit").finally(() => running.delete(child));
  const answers: Answer[] = [];
  let wake = (): void => {};
  child.on("message", (message) => {
    answers.push(message as Answer);
    wake();
  });
  void exited.then(() => wake());
  return {
    async next() {
      while (answers.length === 0) {
        if (child.exitCode !== null) throw new Error(`${script.pathname} ended: ${child.exitCode}`);
        await new Promise<void>((resolve) => (wake = resolve));
      }
      return answers.shift()!;
    },
    async end() {
      if (child.connected) child.send("end");
      await exited;
    },
  };
}

/** In the child: the argument it was started with. */
export function argumentOf(): unknown {
  return JSON.parse(process.argv[2] ?? "null");
}

/** In the child: tells the parent. */
export function tell(answer: unknown): void {
  process.send!(answer);
}

/** In the child: resolves once the parent asks to end. */
export async function untilAsked(): Promise<void> {
  await once(process, "message");
  process.disconnect();
}

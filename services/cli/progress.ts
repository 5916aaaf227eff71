import type { Io } from "./command.ts";

/** A progress bar on a terminal; nothing elsewhere. */
export interface Progress {
  advance(amount: number): void;
  /** Takes the bar away, for other output or at the end. */
  clear(): void;
}

const WIDTH = 30;
const INTERVAL = 100;

export function createProgress(stream: Io["stderr"], total: number | null): Progress {
  let done = 0;
  let drawn = 0;
  const draw = (): void => {
    const share = total ? Math.min(1, done / total) : 0;
    const bar = "█".repeat(Math.round(share * WIDTH)).padEnd(WIDTH, "░");
    const mib = (done / 1_048_576).toFixed(0);
    stream.write(`\r\x1b[2K${total ? `${bar} ${Math.round(share * 100)} %` : `${mib} MiB`}`);
  };
  return {
    advance(amount) {
      done += amount;
      if (!stream.isTTY || Date.now() - drawn < INTERVAL) return;
      drawn = Date.now();
      draw();
    },
    clear() {
      if (stream.isTTY) stream.write("\r\x1b[2K");
    },
  };
}

import { setTimeout as sleep } from "node:timers/promises";
import type { Nats } from "./connection.ts";
import { isPassing, natsProblem } from "./errors.ts";

const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 5_000;

/** How long a write is tried again before its caller hears of it. */
export const PATIENCE = 10_000;

/**
 * Tries until it succeeds, a lasting error comes or the time is over: an answer that stays out is
 * asked for again, with growing pauses that differ, so that many do not return at once. Nothing is
 * sent while the server is away. `attempt` hears whether an earlier try may have taken effect.
 */
export async function patiently<T>(
  nats: Nats,
  deadline: number,
  attempt: (maybeDone: boolean) => Promise<T>,
): Promise<T> {
  let maybeDone = false;
  for (let tries = 0; ; tries++) {
    let problem = "the server is away";
    let cause: unknown;
    if (nats.isConnected()) {
      try {
        return await attempt(maybeDone);
      } catch (error) {
        if (!isPassing(error)) throw error;
        maybeDone = true;
        problem = natsProblem(error);
        cause = error;
      }
    }
    const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** tries) * (0.5 + Math.random() / 2);
    const left = deadline - Date.now();
    if (left <= 0 || nats.nc.isClosed()) throw new Error(problem, { cause });
    // The server may be back long before the pause is over, hence small steps.
    await pauseUntilBack(nats, Math.min(pause, left));
  }
}

async function pauseUntilBack(nats: Nats, pause: number): Promise<void> {
  const wasAway = !nats.isConnected();
  const end = Date.now() + pause;
  while (Date.now() < end) {
    await sleep(Math.min(50, Math.max(1, end - Date.now())));
    if (wasAway && nats.isConnected()) return;
  }
}

import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { SECOND } from "#core/time.ts";

const LONGEST_WAIT = 30 * SECOND;

/**
 * Repeats a write until it succeeds: what detection found must be stored before it goes on, and a
 * full disk or a lost connection is no reason to stop for good. Rejects when the signal aborts.
 */
export async function untilStored(
  write: () => Promise<void>,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  for (let wait = SECOND; ; wait = Math.min(2 * wait, LONGEST_WAIT)) {
    try {
      await write();
      return;
    } catch (error) {
      log.error({ event: "findings.write_failed", err: error, retry_ms: wait });
      await sleep(wait, undefined, { signal });
    }
  }
}

import { setTimeout as sleep } from "node:timers/promises";
import { sendUntilTaken } from "./load.ts";

/** A sender that goes through its events in order, no faster than it is let. */
export interface PacedSender {
  /** Lets it go on to this share of the events, 0 to 1. */
  release(share: number): void;
  /** Events acknowledged so far. */
  sent(): number;
  /** Tries that were not acknowledged. */
  refused(): number;
  /** Resolves once everything is acknowledged; rejects where something was refused for good. */
  done: Promise<void>;
  stop(): void;
}

const BATCH = 100;

export function startSender(address: () => string, events: readonly object[]): PacedSender {
  let sent = 0;
  let refused = 0;
  let limit = 0;
  const ended = new AbortController();
  const run = async (): Promise<void> => {
    while (sent < events.length && !ended.signal.aborted) {
      if (sent >= limit) await sleep(20);
      else {
        const batch = events.slice(sent, sent + BATCH);
        refused += await sendUntilTaken(address(), batch);
        sent += batch.length;
      }
    }
  };
  const done = run();
  done.catch(() => {});
  return {
    release: (share) => {
      limit = Math.ceil(events.length * share);
    },
    sent: () => sent,
    refused: () => refused,
    done,
    stop: () => ended.abort(),
  };
}

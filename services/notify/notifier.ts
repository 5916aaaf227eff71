import type { Logger } from "pino";
import type { Finding } from "#core/finding/finding.ts";
import { type FindingEntry, isHuman } from "#core/finding/finding-log.ts";
import type { AlertSink, Delivery } from "#core/ports/alert-sink.ts";
import { HOUR, MINUTE, SECOND } from "#core/time.ts";

/** Waits between attempts, as Standard Webhooks recommends; after the last one the message is given up. */
export const RETRY_LADDER = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];

/** What the notifier counts, for metrics. */
export interface NotifyCounts {
  delivered: number;
  failed: number;
  given_up: number;
  waiting: number;
}

export interface Notifier {
  /** Queues the message of a finding-log entry for every sink that wants it. */
  notify(entry: FindingEntry, finding: Finding): void;
  counts(): NotifyCounts;
  stop(): void;
}

interface Waiting {
  sink: AlertSink;
  delivery: Delivery;
  attempts: number;
}

/**
 * Delivers every opened, updated and closed finding to each sink, in order per finding and sink: a
 * newer message waits for an undelivered older one of the same finding, other findings overtake it.
 * Retries live as long as the process.
 */
export function createNotifier(
  sinks: readonly AlertSink[],
  log: Logger,
  ladder: readonly number[] = RETRY_LADDER,
): Notifier {
  const lanes = new Map<string, Waiting[]>();
  const gone = new Set<AlertSink>();
  const timers = new Set<NodeJS.Timeout>();
  const counts = { delivered: 0, failed: 0, given_up: 0 };
  let stopped = false;

  const attempt = async (lane: string): Promise<void> => {
    const queue = lanes.get(lane);
    const first = queue?.[0];
    if (!queue || !first || stopped) return;
    const outcome = gone.has(first.sink)
      ? ({ delivered: false, reason: "gone", retryAfterMs: null, gone: true } as const)
      : await first.sink.deliver(first.delivery);
    if (outcome.delivered) counts.delivered += 1;
    else {
      counts.failed += 1;
      const wait = ladder[first.attempts];
      log.warn({
        event: "webhook.failed",
        sink: first.sink.name,
        id: first.delivery.id,
        reason: outcome.reason,
        attempt: first.attempts + 1,
      });
      if (outcome.gone) gone.add(first.sink);
      else if (wait !== undefined) {
        first.attempts += 1;
        later(lane, Math.max(wait, outcome.retryAfterMs ?? 0));
        return;
      }
      counts.given_up += 1;
    }
    queue.shift();
    if (queue.length === 0) lanes.delete(lane);
    else await attempt(lane);
  };

  const later = (lane: string, ms: number): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      void attempt(lane);
    }, ms);
    timer.unref();
    timers.add(timer);
  };

  return {
    notify(entry, finding) {
      if (isHuman(entry)) return;
      for (const sink of sinks) {
        if (gone.has(sink) || !sink.wants(finding)) continue;
        const lane = `${sink.name}\0${finding.id}`;
        const waiting: Waiting = { sink, delivery: render(entry, finding), attempts: 0 };
        const queue = lanes.get(lane);
        if (queue) queue.push(waiting);
        else {
          lanes.set(lane, [waiting]);
          void attempt(lane);
        }
      }
    },
    counts: () => ({
      ...counts,
      waiting: [...lanes.values()].reduce((sum, queue) => sum + queue.length, 0),
    }),
    stop() {
      stopped = true;
      timers.forEach(clearTimeout);
    },
  };
}

/** `type`, `timestamp` (event time) and the whole finding as `data`; the revision lets receivers drop older ones. */
function render(entry: FindingEntry, finding: Finding): Delivery {
  const body = JSON.stringify({
    type: `finding.${entry.kind}`,
    timestamp: entry.at,
    data: finding,
  });
  return { id: entry.id, body };
}

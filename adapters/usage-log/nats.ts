import { MeterhoundError } from "#core/errors.ts";
import { PARTITIONS } from "#core/partition.ts";
import type { LogEntry } from "#core/pipeline/fold.ts";
import type { UsageLog } from "#core/ports/usage-log.ts";
import type { Nats } from "#adapters/nats/connection.ts";
import { directGet } from "#adapters/nats/direct-get.ts";
import { natsProblem } from "#adapters/nats/errors.ts";
import { followStream } from "#adapters/nats/follow-stream.ts";
import { PATIENCE } from "#adapters/nats/patience.ts";
import { publish } from "#adapters/nats/publish.ts";
import { reaching } from "#adapters/nats/unreachable.ts";
import { readStreamRange } from "./nats-range.ts";
import { seal, type Sealed } from "./nats-seal.ts";
import { messageSequenceOf, type RefusedLine, unseal } from "./nats-unseal.ts";
import { refusePartition } from "./partition-check.ts";

const MOST_MESSAGES = 64;
/** Entries of a message, roughly, for asking for about as many as are wanted. */
const ENTRIES_PER_MESSAGE = 32;

export interface NatsUsageLogOptions {
  partitions?: number;
  /** Hears of lines that are not folded. Where it is given, misplaced entries are refused. */
  onRefused?: (line: RefusedLine) => void;
}

/**
 * The usage log in JetStream. One message of a partition is on its way at a time: the order survives
 * retries, and the server is no slower for it.
 */
export function createNatsUsageLog(
  nats: Nats,
  { partitions = PARTITIONS, onRefused }: NatsUsageLogOptions = {},
): UsageLog {
  const { names } = nats;
  const unsealing = { partitions, onRefused };
  const tails = Array.from({ length: partitions }, () => Promise.resolve());
  const closing = new AbortController();

  /** Waits for its turn in the partition and writes message after message. */
  function write(partition: number, messages: readonly Sealed[], deadline: number): Promise<void> {
    const before = tails[partition]!;
    const turn = (async () => {
      await before;
      for (const { tenantToken, id, data } of messages) {
        await publish(nats, names.usageSubject(partition, tenantToken), data, { id, deadline });
      }
    })();
    tails[partition] = turn.catch(() => {});
    return turn;
  }

  return {
    partitions,
    async append(batches) {
      if (closing.signal.aborted) throw unavailable("it was closed");
      const byPartition = new Map<number, (typeof batches)[number]["entries"][number][]>();
      for (const { partition, entries } of batches) {
        refusePartition(partition, partitions);
        byPartition.set(partition, [...(byPartition.get(partition) ?? []), ...entries]);
      }
      const sealed = [...byPartition].map(
        ([partition, entries]) => [partition, seal(partition, entries)] as const,
      );
      const deadline = Date.now() + PATIENCE;
      const written = await Promise.allSettled(
        sealed.map(([partition, messages]) => write(partition, messages, deadline)),
      );
      const failed = written.find((outcome) => outcome.status === "rejected");
      if (failed) throw unavailable(natsProblem(failed.reason), failed.reason);
    },
    async read(partition, after, limit) {
      const entries: LogEntry[] = [];
      let next = messageSequenceOf(after);
      while (entries.length < limit) {
        const wanted = Math.ceil((limit - entries.length) / ENTRIES_PER_MESSAGE);
        const messages = await reaching(nats, () =>
          directGet(nats, {
            stream: names.usage,
            filter: names.usageSubject(partition),
            from: { sequence: next },
            count: Math.min(MOST_MESSAGES, wanted),
          }),
        );
        for (const message of messages) entries.push(...unseal(message, after, unsealing));
        const last = messages.at(-1);
        if (!last) break;
        next = last.sequence + 1;
      }
      return entries.slice(0, limit);
    },
    readAndTail(partition, after, signal) {
      refusePartition(partition, partitions);
      return tail(partition, after, AbortSignal.any([signal, closing.signal]));
    },
    async *readRange(from, to, text) {
      yield* readStreamRange(nats, { ...unsealing, text }, from, to);
    },
    async close() {
      closing.abort();
      await Promise.all(tails);
    },
  };

  async function* tail(
    partition: number,
    after: number,
    signal: AbortSignal,
  ): AsyncGenerator<LogEntry[]> {
    const source = {
      stream: names.usage,
      filter: names.usageSubject(partition),
      from: messageSequenceOf(after),
    };
    for await (const messages of followStream(nats, source, signal)) {
      const entries = messages.flatMap((message) => {
        const { subject, data, info } = message;
        const storedAt = Math.floor(info.timestampNanos / 1e6);
        return unseal({ sequence: message.seq, subject, data, storedAt }, after, unsealing);
      });
      if (entries.length > 0) yield entries;
    }
  }
}

function unavailable(problem: string, cause?: unknown): MeterhoundError {
  return new MeterhoundError("MH_LOG_UNAVAILABLE", { problem }, { cause });
}

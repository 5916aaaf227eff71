import type { FindingEntry, HumanEntry } from "#core/finding/finding-log.ts";
import type { FindingLog, PlacedEntry } from "#core/ports/finding-log.ts";
import type { Nats } from "#adapters/nats/connection.ts";
import { directGet } from "#adapters/nats/direct-get.ts";
import { API, apiCode } from "#adapters/nats/errors.ts";
import { followStream } from "#adapters/nats/follow-stream.ts";
import { publish } from "#adapters/nats/publish.ts";
import { subjectToken } from "#adapters/nats/subjects.ts";
import { reaching } from "#adapters/nats/unreachable.ts";
import { predecessorOf } from "./human-entry.ts";
import { machineNumberOf } from "./machine-entry.ts";

const PAGE = 500;

/** The finding log in JetStream: a subject per entry, so that the server itself keeps each to once. */
export function createNatsFindingLog(nats: Nats): FindingLog {
  const { findings, subject } = nats.names;
  const everything = subject("finding", ">");
  const closing = new AbortController();

  const subjectOf = (entry: FindingEntry, ...rest: readonly string[]): string =>
    subject("finding", subjectToken(entry.tenant), subjectToken(entry.finding), ...rest);

  /** The newest entry of a subject, as the leader knows it. */
  async function lastOf(one: string): Promise<{ sequence: number; body: string } | null> {
    try {
      const found = await nats.jsm.streams.getMessage(findings, { last_by_subj: one });
      return { sequence: found.seq, body: found.string() };
    } catch (error) {
      if (apiCode(error) === API.messageNotFound) return null;
      throw error;
    }
  }

  async function appendHuman(entry: HumanEntry): Promise<"appended" | "conflict"> {
    const before = predecessorOf(entry);
    const own = subjectOf(entry, "h", lastToken(entry.id));
    const newest = before === null ? null : await lastOf(subjectOf(entry, "h", lastToken(before)));
    if (before !== null && newest === null) return "conflict";
    const body = JSON.stringify(entry);
    const answer = await publish(nats, own, Buffer.from(body), {
      lastSequence: newest?.sequence ?? 0,
      under: subjectOf(entry, "h", ">"),
    });
    if (answer.stored) return "appended";
    // The answer to an earlier try may have been lost after it was stored.
    return answer.maybeOurs && (await lastOf(own))?.body === body ? "appended" : "conflict";
  }

  async function read(after: number, limit: number): Promise<PlacedEntry[]> {
    const placed: PlacedEntry[] = [];
    let next = after + 1;
    while (placed.length < limit) {
      const messages = await directGet(nats, {
        stream: findings,
        filter: everything,
        from: { sequence: next },
        count: Math.min(PAGE, limit - placed.length),
      });
      for (const { sequence, data } of messages) placed.push({ sequence, entry: decode(data) });
      const last = messages.at(-1);
      if (!last) break;
      next = last.sequence + 1;
    }
    return placed;
  }

  async function* tail(after: number, signal: AbortSignal): AsyncGenerator<PlacedEntry[]> {
    const source = { stream: findings, filter: everything, from: after + 1 };
    for await (const messages of followStream(nats, source, signal)) {
      yield messages.map(({ seq, data }) => ({ sequence: seq, entry: decode(data) }));
    }
  }

  return {
    create: (entries, mayWrite) =>
      reaching(nats, async () => {
        // One after the other: a later entry of a finding must not come to stand before an earlier one.
        for (const entry of entries) {
          const own = subjectOf(entry, "m", String(machineNumberOf(entry)));
          const body = Buffer.from(JSON.stringify(entry));
          await publish(nats, own, body, { lastSequence: 0, mayWrite });
        }
      }),
    append: (entry) => reaching(nats, () => appendHuman(entry)),
    readAndTail: (after, signal) => tail(after, AbortSignal.any([signal, closing.signal])),
    read: (after, limit) => reaching(nats, () => read(after, limit)),
    async close() {
      closing.abort();
    },
  };
}

function decode(data: Uint8Array): FindingEntry {
  return JSON.parse(Buffer.from(data).toString()) as FindingEntry;
}

function lastToken(id: string): string {
  return id.slice(id.lastIndexOf(".") + 1);
}

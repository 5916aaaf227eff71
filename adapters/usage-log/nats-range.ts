import type { LogEntry } from "#core/pipeline/fold.ts";
import type { Nats } from "#adapters/nats/connection.ts";
import { directGet } from "#adapters/nats/direct-get.ts";
import { STORE_TIME_SLACK } from "#adapters/nats/streams.ts";
import { unseal, type Unsealing } from "./nats-unseal.ts";

const PAGE = 5_000;
const MESSAGES = 64;

/**
 * How many events are sorted at a time. Memory holds at most twice as many (about 1 kB each); a range
 * with more of them is read as often as they fit into it.
 */
const SORTED_AT_ONCE = 100_000;

type EventEntry = Extract<LogEntry, { kind: "event" }>;

/**
 * Events of a time range over all partitions by event time, then id, then sequence. Late events may be
 * stored anywhere behind, so reading goes to the end of the log as it stands at the start.
 */
export async function* readStreamRange(
  nats: Nats,
  unsealing: Unsealing,
  from: number,
  to: number,
  atOnce: number = SORTED_AT_ONCE,
): AsyncGenerator<LogEntry[]> {
  if (!(from < to)) return;
  const { state } = await nats.jsm.streams.info(nats.names.usage);
  let last: EventEntry | null = null;
  for (;;) {
    const next = await smallestBehind(
      last,
      atOnce,
      readFrom(nats, unsealing, from, state.last_seq),
      to,
    );
    for (let start = 0; start < next.entries.length; start += PAGE) {
      yield next.entries.slice(start, start + PAGE);
    }
    if (next.isAll) return;
    last = next.entries.at(-1)!;
  }
}

/** The first events in order behind `last`, at most so many. */
async function smallestBehind(
  last: EventEntry | null,
  count: number,
  log: AsyncIterable<EventEntry[]>,
  to: number,
): Promise<{ entries: EventEntry[]; isAll: boolean }> {
  let smallest: EventEntry[] = [];
  let isAll = true;
  const cut = (): void => {
    isAll &&= smallest.length <= count;
    smallest = smallest.toSorted(compare).slice(0, count);
  };
  for await (const entries of log) {
    for (const entry of entries) {
      if (entry.at < to && (last === null || compare(entry, last) > 0)) smallest.push(entry);
    }
    if (smallest.length >= 2 * count) cut();
  }
  cut();
  return { entries: smallest, isAll };
}

/** Events of all partitions from an event time on, in stored order, up to a message. */
async function* readFrom(
  nats: Nats,
  unsealing: Unsealing,
  from: number,
  until: number,
): AsyncGenerator<EventEntry[]> {
  const query = {
    stream: nats.names.usage,
    filter: nats.names.subject("usage", "log", "*", "*"),
    count: MESSAGES,
  };
  const time = from - STORE_TIME_SLACK;
  let start: { sequence: number } | { time: number } = time > 0 ? { time } : { sequence: 1 };
  for (;;) {
    const messages = await directGet(nats, { ...query, from: start });
    for (const message of messages) {
      if (message.sequence > until) return;
      yield unseal(message, 0, unsealing).filter(
        (entry): entry is EventEntry => entry.kind === "event" && entry.at >= from,
      );
    }
    const last = messages.at(-1);
    if (!last || last.sequence >= until) return;
    start = { sequence: last.sequence + 1 };
  }
}

function compare(a: EventEntry, b: EventEntry): number {
  return a.at - b.at || compareIds(a.event.id, b.event.id) || a.sequence - b.sequence;
}

/** By bytes, as every other store does. */
function compareIds(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}

import { type Msg, NatsError } from "nats";
import type { Nats } from "./connection.ts";
import { PATIENCE, patiently } from "./patience.ts";

const ATTEMPT_TIMEOUT = 5_000;
const MOST_BYTES = 8 * 1024 * 1024;

/** A message as the stream keeps it. */
export interface StoredMessage {
  sequence: number;
  subject: string;
  /** When it was stored, in milliseconds. */
  storedAt: number;
  data: Uint8Array;
}

export interface DirectQuery {
  stream: string;
  filter: string;
  /** The first message to look at, by sequence, or by the time it was stored. */
  from: { sequence: number } | { time: number };
  /** At most so many; the server may give fewer although there are more. */
  count: number;
}

/**
 * Up to `count` messages of a stream, ascending; none means that there are no more. Leaves nothing
 * behind on the server: no consumer to forget. Needs `allow_direct`.
 */
export async function directGet(nats: Nats, query: DirectQuery): Promise<StoredMessage[]> {
  const { stream, filter, from, count } = query;
  const start =
    "time" in from
      ? { start_time: new Date(from.time).toISOString() }
      : { seq: Math.max(1, from.sequence) };
  const request = { ...start, next_by_subj: filter, batch: count, max_bytes: MOST_BYTES };
  const payload = JSON.stringify(request);
  return patiently(nats, Date.now() + PATIENCE, () => ask(nats, stream, payload));
}

/** One request with many answers, the last of them a status. An answer that stays out fails the whole. */
function ask(nats: Nats, stream: string, payload: string): Promise<StoredMessage[]> {
  const inbox = nats.newInbox();
  const subject = `$JS.API.DIRECT.GET.${stream}`;
  const since = Date.now();
  return new Promise((resolve, reject) => {
    const found: StoredMessage[] = [];
    const finish = (error: Error | null): void => {
      clearTimeout(giveUp);
      subscription.unsubscribe();
      if (error) reject(error);
      else resolve(found);
    };
    const subscription = nats.nc.subscribe(inbox, {
      callback(error, message) {
        const status = error ? null : (message.headers?.code ?? 0);
        if (error) finish(error);
        else if (status === 0) found.push(toStored(message));
        else finish(failureOf(status, message));
      },
    });
    const giveUp = setTimeout(() => {
      const refusal = nats.refusal(subject, since);
      finish(refusal === null ? new NatsError("timeout", "TIMEOUT") : new Error(refusal));
    }, ATTEMPT_TIMEOUT);
    nats.nc.publish(subject, payload, { reply: inbox });
  });
}

/** The end of the answer: 204 after the last message, 404 where there is none. */
function failureOf(status: number | null, message: Msg): Error | null {
  if (status === 204 || status === 404) return null;
  return new NatsError(message.headers?.description || "direct get failed", String(status));
}

function toStored({ headers, data }: Msg): StoredMessage {
  return {
    sequence: Number(headers?.get("Nats-Sequence")),
    subject: headers?.get("Nats-Subject") ?? "",
    storedAt: Date.parse(headers?.get("Nats-Time-Stamp") ?? ""),
    data,
  };
}

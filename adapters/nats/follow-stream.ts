import { setTimeout as sleep } from "node:timers/promises";
import {
  AckPolicy,
  type ConsumerMessages,
  DeliverPolicy,
  type JsMsg,
  nanos,
  NatsError,
  nuid,
} from "nats";
import { MeterhoundError } from "#core/errors.ts";
import type { Nats } from "./connection.ts";
import { API, apiCode } from "./errors.ts";
import { openPull, type Pull } from "./pull.ts";

/** Messages handed on together at most, so that a reader works in steady strides. */
const BATCH = 16;
const MAX_AHEAD = 100;
const FORGOTTEN_AFTER = 60_000;
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 2_000;

export interface Source {
  stream: string;
  filter: string;
  /** The first message wanted, by sequence. */
  from: number;
}

/**
 * Reads the messages of a stream from a sequence on and follows it, without a gap, until the signal
 * aborts. Each reader has a short-lived consumer of its own and disturbs no other. Whatever goes wrong
 * (a lost message, a server that comes back without the consumer) leads to a new consumer behind the
 * last message handed on. Throws MH_STREAM_MISSING.
 */
export async function* followStream(
  nats: Nats,
  { stream, filter, from }: Source,
  signal: AbortSignal,
): AsyncGenerator<JsMsg[]> {
  let next = Math.max(1, from);
  let failures = 0;
  while (!signal.aborted && !nats.nc.isClosed()) {
    const pull = await open(nats, { stream, filter, from: next }, signal);
    try {
      for await (const batch of pull ? batchesOf(pull.messages, signal) : []) {
        failures = 0;
        next = batch.at(-1)!.seq + 1;
        yield batch;
      }
    } finally {
      pull?.close();
    }
    if (signal.aborted) return;
    failures += 1;
    await pause(Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(failures, 8)), signal);
  }
}

/** A consumer of our own that begins at the sequence; null where it cannot be had now. */
async function open(
  nats: Nats,
  { stream, filter, from }: Source,
  signal: AbortSignal,
): Promise<Pull | null> {
  if (!nats.isConnected()) return null;
  const consumer = `meterhound-${nuid.next()}`;
  try {
    await nats.jsm.consumers.add(stream, {
      name: consumer,
      ack_policy: AckPolicy.None,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: from,
      filter_subject: filter,
      mem_storage: true,
      num_replicas: 1,
      inactive_threshold: nanos(FORGOTTEN_AFTER),
    });
    const pull = await openPull(nats, { stream, consumer, ahead: MAX_AHEAD }, signal);
    return {
      messages: pull.messages,
      close() {
        pull.close();
        // Best effort: the server forgets it by itself after a while.
        if (nats.isConnected()) nats.jsm.consumers.delete(stream, consumer).catch(() => {});
      },
    };
  } catch (cause) {
    if (apiCode(cause) === API.streamNotFound) {
      throw new MeterhoundError("MH_STREAM_MISSING", { problems: stream }, { cause });
    }
    return null;
  }
}

/** Messages in batches, as far as they follow each other: ends at the first that is missing. */
async function* batchesOf(
  messages: ConsumerMessages,
  signal: AbortSignal,
): AsyncGenerator<JsMsg[]> {
  let delivered = 0;
  let batch: JsMsg[] = [];
  try {
    for await (const message of messages) {
      const { deliverySequence, pending } = message.info;
      if (signal.aborted || deliverySequence !== delivered + 1) break;
      delivered = deliverySequence;
      batch.push(message);
      if (pending === 0 || batch.length === BATCH) {
        const full = batch;
        batch = [];
        yield full;
        if (signal.aborted) break;
      }
    }
  } catch (error) {
    // The consumer is gone; the caller makes another. Anything else is not ours to hide.
    if (!(error instanceof NatsError)) throw error;
  }
  if (batch.length > 0 && !signal.aborted) yield batch;
}

async function pause(time: number, signal: AbortSignal): Promise<void> {
  await sleep(time, undefined, { signal }).catch(() => {});
}

import { setTimeout as sleep } from "node:timers/promises";
import type { JsMsg } from "nats";
import { MeterhoundError, messageOf } from "#core/errors.ts";
import type { Nats } from "./connection.ts";
import { API, apiCode } from "./errors.ts";
import { openPull, type Pull } from "./pull.ts";
import { lastTokens } from "./subjects.ts";

/** What a gateway published. Who it is from stands in the subject, which the server checked. */
export interface Arrival {
  tenant: string;
  gateway: string;
  body: Buffer;
}

export interface IntakeOptions {
  /** Resolves once the arrival is stored or refused for good; rejects where it must come again. */
  handle: (arrival: Arrival) => Promise<void>;
  /** Hears of arrivals that will come again. */
  onPostponed?: (arrival: Arrival, reason: string) => void;
  /** Arrivals in work at the same time. */
  parallel?: number;
}

const PARALLEL = 16;
const REOPEN_AFTER = 500;
const LONGEST_DELAY = 60_000;
/** Well within the time after which the server would hand the arrival to another. */
const STILL_AT_IT = 30_000;

/**
 * Takes what gateways publish until the signal aborts, and acknowledges each arrival after it was
 * handled: at least once, shared among all ingest processes. Throws MH_STREAM_MISSING.
 */
export async function runIntake(
  nats: Nats,
  options: IntakeOptions,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted && !nats.nc.isClosed()) {
    const pull = await open(nats, options.parallel ?? PARALLEL, signal);
    if (pull) await drainInto(pull, options, signal);
    if (!signal.aborted) await sleep(REOPEN_AFTER, undefined, { signal }).catch(() => {});
  }
}

async function open(nats: Nats, parallel: number, signal: AbortSignal): Promise<Pull | null> {
  if (!nats.isConnected()) return null;
  const { usageIn, intake } = nats.names;
  try {
    const source = { stream: usageIn, consumer: intake, ahead: parallel };
    return await openPull(nats, source, signal);
  } catch (cause) {
    const code = apiCode(cause);
    if (code === API.streamNotFound || code === API.consumerNotFound) {
      throw new MeterhoundError("MH_STREAM_MISSING", { problems: intake }, { cause });
    }
    return null;
  }
}

/** Handles arrivals side by side until the consumer ends, then waits for those in work. */
async function drainInto(
  { messages, close }: Pull,
  options: IntakeOptions,
  signal: AbortSignal,
): Promise<void> {
  const parallel = options.parallel ?? PARALLEL;
  const inWork = new Set<Promise<void>>();
  try {
    for await (const message of messages) {
      if (signal.aborted) break;
      const work = handle(message, options).finally(() => inWork.delete(work));
      inWork.add(work);
      if (inWork.size >= parallel) await Promise.race(inWork);
    }
  } catch {
    // The consumer or the server is gone for now; whatever was not acknowledged comes again.
  } finally {
    close();
    await Promise.all(inWork);
  }
}

async function handle(message: JsMsg, { handle, onPostponed }: IntakeOptions): Promise<void> {
  const [tenant = "", gateway = ""] = lastTokens(message.subject, 2);
  const arrival = { tenant, gateway, body: Buffer.from(message.data) };
  const still = setInterval(() => message.working(), STILL_AT_IT);
  try {
    await handle(arrival);
    message.ack();
  } catch (error) {
    onPostponed?.(arrival, messageOf(error));
    const tries = message.info.deliveryCount;
    message.nak(Math.min(LONGEST_DELAY, 500 * 2 ** Math.min(tries, 10)));
  } finally {
    clearInterval(still);
  }
}

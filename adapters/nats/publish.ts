import { headers, type JetStreamPublishOptions } from "nats";
import type { MayWrite } from "#core/ports/may-write.ts";
import { API, apiCode } from "./errors.ts";
import type { Nats } from "./connection.ts";
import { PATIENCE, patiently } from "./patience.ts";

const ATTEMPT_TIMEOUT = 1_000;

/** Under what condition a message is stored. */
export interface PublishCondition {
  /** The server drops a message whose id it has seen lately. */
  id?: string;
  /** Sequence of the newest message of the subject, or of all under `under`; 0 for none. */
  lastSequence?: number;
  under?: string;
  /** When to give up, as a time. */
  deadline?: number;
  /** Asked before every try. */
  mayWrite?: MayWrite | undefined;
}

/** `conflict`: the condition did not hold; `maybeOurs` where an earlier try of this very call may be why. */
export type Published = { stored: true; sequence: number } | { stored: false; maybeOurs: boolean };

/**
 * Publishes one message and waits until it is stored. Tries again with the same id for a while;
 * throws what remains.
 */
export async function publish(
  nats: Nats,
  subject: string,
  data: Uint8Array,
  condition: PublishCondition = {},
): Promise<Published> {
  const options = publishOptions(condition);
  return patiently(nats, condition.deadline ?? Date.now() + PATIENCE, async (maybeOurs) => {
    if (condition.mayWrite?.() === false) return { stored: false, maybeOurs };
    try {
      const { seq } = await nats.js.publish(subject, data, options());
      return { stored: true, sequence: seq };
    } catch (error) {
      if (apiCode(error) === API.wrongLastSequence) return { stored: false, maybeOurs };
      throw error;
    }
  });
}

/** The client writes into the options it is given, so each try gets its own. */
function publishOptions({
  id,
  lastSequence,
  under,
}: PublishCondition): () => Partial<JetStreamPublishOptions> {
  return () => {
    const header = headers();
    if (under !== undefined) header.set("Nats-Expected-Last-Subject-Sequence-Subject", under);
    return {
      timeout: ATTEMPT_TIMEOUT,
      headers: header,
      ...(id !== undefined && { msgID: id }),
      ...(lastSequence !== undefined && { expect: { lastSubjectSequence: lastSequence } }),
    };
  };
}

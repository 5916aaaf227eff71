import { ConsumerEvents, type ConsumerMessages } from "nats";
import type { Nats } from "./connection.ts";

const EXPIRES = 5_000;

/** Messages of a consumer as they come, until they are closed. */
export interface Pull {
  messages: ConsumerMessages;
  /** Ends the messages and lets go of everything that watches them. The client itself never says that it ended where nobody reads on. */
  close(): void;
}

/**
 * Pulls from a consumer that is there, `ahead` messages at most before they are read. Ends where the
 * signal aborts, the consumer goes, the server falls silent or was away: it may know nothing of the
 * consumer any more.
 */
export async function openPull(
  nats: Nats,
  { stream, consumer, ahead }: { stream: string; consumer: string; ahead: number },
  signal: AbortSignal,
): Promise<Pull> {
  const source = await nats.js.consumers.get(stream, consumer);
  const messages = await source.consume({
    max_messages: ahead,
    expires: EXPIRES,
    abort_on_missing_resource: true,
  });
  const end = (): void => void messages.close();
  const offReconnect = nats.onReconnect(end);
  signal.addEventListener("abort", end);
  if (signal.aborted) end();
  void endOnSilence(messages);
  return {
    messages,
    close() {
      offReconnect();
      signal.removeEventListener("abort", end);
      end();
    },
  };
}

async function endOnSilence(messages: ConsumerMessages): Promise<void> {
  for await (const { type } of await messages.status()) {
    if (type === ConsumerEvents.HeartbeatsMissed) void messages.close();
  }
}

import type { StreamEntry } from "../../../api/finding-shape.ts";
import { ApiError, send } from "./request.ts";
import { createSseParser } from "./sse.ts";

export type { StreamEntry };
export type StreamState = "connecting" | "live" | "lost" | "paused";

export interface StreamListener {
  onEntry(entry: StreamEntry): void;
  /** Something may have been missed: read again what is shown. */
  onGap(): void;
  onState(state: StreamState): void;
}

const FIRST_WAIT = 500;
const LONGEST_WAIT = 15_000;

/**
 * Follows what happens to findings until the signal aborts, and goes on behind the last event after
 * every interruption. Read by `fetch`, as `EventSource` cannot send a token.
 */
export async function followFindings(listener: StreamListener, signal: AbortSignal): Promise<void> {
  let lastId: string | null = null;
  let wait = FIRST_WAIT;
  let isFirst = true;
  while (!signal.aborted) {
    listener.onState(isFirst ? "connecting" : "lost");
    try {
      const response: Response = await send("stream", {
        headers: lastId === null ? {} : { "last-event-id": lastId },
        signal,
      });
      listener.onState("live");
      if (lastId === null && !isFirst) listener.onGap();
      isFirst = false;
      wait = FIRST_WAIT;
      for await (const { id, type, data } of eventsOf(response)) {
        lastId = id ?? lastId;
        if (type === "reset") listener.onGap();
        else listener.onEntry(JSON.parse(data) as StreamEntry);
      }
    } catch (error) {
      if (signal.aborted) return;
      // Who may not read the stream will not be let in by trying again.
      if (error instanceof ApiError && (error.status === 401 || error.status === 403)) {
        listener.onState("lost");
        return;
      }
      isFirst = false;
    }
    await pause(wait, signal);
    wait = Math.min(wait * 2, LONGEST_WAIT);
  }
}

async function* eventsOf(response: Response) {
  if (!response.body) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const parse = createSseParser();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield* parse(value);
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}

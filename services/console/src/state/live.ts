import { signal } from "@preact/signals";
import { followFindings, type StreamEntry, type StreamState } from "../api/stream.ts";

/** How the stream of findings fares. */
export const streamState = signal<StreamState>("connecting");

type Listener = { onEntries(entries: readonly StreamEntry[]): void; onGap(): void };

const listeners = new Set<Listener>();
let held: StreamEntry[] = [];
let isPaused = false;
let underlying: StreamState = "connecting";
let timer: ReturnType<typeof setTimeout> | null = null;

/** A burst becomes one change of the page. */
const BATCH_MS = 60;

/** Hears of finding-log entries in batches; answers how to stop hearing. */
export function onLive(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Follows the stream until the signal aborts. */
export function startLive(signal: AbortSignal): void {
  void followFindings(
    {
      onEntry(entry) {
        held.push(entry);
        timer ??= setTimeout(flush, BATCH_MS);
      },
      onGap() {
        for (const listener of listeners) listener.onGap();
      },
      onState(state) {
        underlying = state;
        if (!isPaused) streamState.value = state;
      },
    },
    signal,
  );
}

/** Holds back what streams in, or lets it through again. */
export function togglePause(): void {
  isPaused = !isPaused;
  streamState.value = isPaused ? "paused" : underlying;
  if (!isPaused) flush();
}

function flush(): void {
  timer = null;
  if (isPaused || held.length === 0) return;
  const entries = held;
  held = [];
  for (const listener of listeners) listener.onEntries(entries);
}

/** Tells readers of one log, in this process, that something was appended. */
export interface Bell {
  ring(): void;
  /** How often it rang. */
  rings(): number;
  /** Resolves once it has rung more often than `heard`, was closed, or the signal aborted. */
  next(heard: number, signal: AbortSignal): Promise<void>;
  close(): void;
  isClosed(): boolean;
}

export function createBell(): Bell {
  let rings = 0;
  let closed = false;
  const waiting = new Set<() => void>();
  const wakeAll = (): void => {
    for (const wake of waiting) wake();
  };
  return {
    ring() {
      rings += 1;
      wakeAll();
    },
    rings: () => rings,
    next(heard, signal) {
      if (rings > heard || closed || signal.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const wake = (): void => {
          waiting.delete(wake);
          signal.removeEventListener("abort", wake);
          resolve();
        };
        waiting.add(wake);
        signal.addEventListener("abort", wake);
      });
    },
    close() {
      closed = true;
      wakeAll();
    },
    isClosed: () => closed,
  };
}

/**
 * Reads a log page by page from a sequence on and then follows it until the signal aborts. There is
 * no gap: the bell is heard before the reading, so an append in between ends the wait at once.
 */
export async function* follow<T extends { sequence: number }>(
  read: (after: number) => Promise<T[]>,
  after: number,
  bell: Bell,
  signal: AbortSignal,
): AsyncGenerator<T[]> {
  let cursor = after;
  while (!signal.aborted && !bell.isClosed()) {
    const heard = bell.rings();
    const page = await read(cursor);
    const last = page.at(-1);
    if (last === undefined) {
      await bell.next(heard, signal);
    } else if (!signal.aborted) {
      cursor = last.sequence;
      yield page;
    }
  }
}

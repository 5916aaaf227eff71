import { onTestFinished } from "vitest";

/** A fresh port of one adapter, as a contract suite gets it. */
export interface Opened<Port> {
  port: Port;
  /** Closes the port and opens it again on the same data; absent where nothing outlives the port. */
  reopen?: () => Promise<Port>;
  /** Closes what is open and removes the data. */
  dispose(): Promise<void>;
}

export type Open<O extends Opened<unknown>> = () => Promise<O>;

/** Opens a port for one test and disposes of it afterwards. */
export async function opened<O extends Opened<unknown>>(open: Open<O>): Promise<O> {
  const one = await open();
  onTestFinished(() => one.dispose());
  return one;
}

/** A port without durability: nothing to reopen, nothing to remove. */
export function inMemory<Port extends { close(): Promise<void> }>(
  create: () => Port,
): Open<Opened<Port>> {
  return async () => {
    const port = create();
    return { port, dispose: () => port.close() };
  };
}

/** Says on the console what a suite could not pin for an adapter, so that the gap is seen; gives the note for the skip. */
export function notVerified(suite: string, what: string): string {
  const note = `SKIPPED contract/${suite}: ${what}; NOT verified`;
  console.warn(note);
  return note;
}

import type { FindingEntry, MachineEntry, HumanEntry } from "../finding/finding-log.ts";

/** An entry with its place in the finding log. */
export interface PlacedEntry {
  sequence: number;
  entry: FindingEntry;
}

/** The finding log: append-only; the list an analyst sees is a projection of it. */
export interface FindingLog {
  /** Appends machine entries, each once: one whose id is already there is left as it is. Durable when resolved. */
  create(entries: readonly MachineEntry[]): Promise<void>;
  /**
   * Appends a person's entry where it is the next of its finding, by its id; `conflict` where
   * somebody else was faster.
   */
  append(entry: HumanEntry): Promise<"appended" | "conflict">;
  /** Reads from a sequence on and follows without a gap, until the signal aborts. */
  readAndTail(after: number, signal: AbortSignal): AsyncIterable<PlacedEntry[]>;
  /** Up to `limit` entries above a sequence, ascending. */
  read(after: number, limit: number): Promise<PlacedEntry[]>;
  close(): Promise<void>;
}

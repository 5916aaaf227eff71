import type { FindingEntry, MachineEntry, HumanEntry } from "../finding/finding-log.ts";
import type { MayWrite } from "./may-write.ts";

/** An entry with its place in the finding log. */
export interface PlacedEntry {
  sequence: number;
  entry: FindingEntry;
}

/** The finding log: append-only; the list an analyst sees is a projection of it. */
export interface FindingLog {
  /**
   * Appends machine entries, each once: one whose id is already there is left as it is. Durable when
   * resolved. A log that needs several requests asks `mayWrite` before each, and leaves the rest out
   * once it says no.
   */
  create(entries: readonly MachineEntry[], mayWrite?: MayWrite): Promise<void>;
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

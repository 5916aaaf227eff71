import type { LogEntry } from "../pipeline/fold.ts";

/** An entry on its way into the log: its sequence is the log's to give. */
export type NewEntry = LogEntry extends infer E
  ? E extends LogEntry
    ? Omit<E, "sequence">
    : never
  : never;

/** One append: entries of one partition, in order. */
export interface Batch {
  partition: number;
  entries: readonly NewEntry[];
}

/**
 * The usage log, the record of truth: append-only, partitioned by tenant, replayable by sequence and
 * by time. Sequences of a partition ascend, with gaps allowed.
 */
export interface UsageLog {
  readonly partitions: number;
  /**
   * Appends batches; all of them are durable when the promise resolves. What it kept of a rejected
   * append may come again with the retry; readers recognise it. Order is kept within a tenant, and no
   * event passes a control entry. Throws MH_LOG_UNAVAILABLE.
   */
  append(batches: readonly Batch[]): Promise<void>;
  /** Up to `limit` entries of a partition with a sequence above `after`, ascending. */
  read(partition: number, after: number, limit: number): Promise<LogEntry[]>;
  /**
   * Reads a partition from a sequence on and follows it without a gap: batches as they come, until
   * the signal aborts.
   */
  readAndTail(partition: number, after: number, signal: AbortSignal): AsyncIterable<LogEntry[]>;
  /**
   * Every event with `from` <= event time < `to`, ordered by event time then id, in batches. With a
   * text only those that have it among their values, so that little is read of much.
   */
  readRange(from: number, to: number, text?: string): AsyncIterable<LogEntry[]>;
  close(): Promise<void>;
}

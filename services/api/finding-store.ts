import { setTimeout as sleep } from "node:timers/promises";
import type { Finding } from "#core/finding/finding.ts";
import {
  decideNote,
  decideTriage,
  type FindingEntry,
  type FindingRecord,
  type HumanEntry,
  type TriageChange,
} from "#core/finding/finding-log.ts";
import type { FindingLog, PlacedEntry } from "#core/ports/finding-log.ts";
import type { FindingSort, Place } from "#core/projection/finding-order.ts";
import { createFindingProjection } from "#core/projection/findings.ts";
import { formatTime } from "#core/time.ts";

/** The findings of the running service: the finding log folded in memory and followed. */
export interface FindingStore {
  all(): Finding[];
  get(id: string): FindingRecord | undefined;
  /** Every finding behind a place of an order. */
  inOrder(sort: FindingSort, after: Place | null): Iterable<Finding>;
  /** Records a person's change, seen at a revision. */
  triage(id: string, seen: number, change: TriageChange, by: string): Promise<TriageResult>;
  /** Records a person's note, whatever others say meanwhile. */
  note(id: string, text: string, by: string): Promise<TriageResult>;
  /** Everything up to this sequence of the log is folded. */
  sequence(): number;
  /** Folded entries behind a sequence, then those to come, until the signal aborts. Reads on as the caller does. */
  entriesAfter(sequence: number, signal: AbortSignal): AsyncIterable<PlacedEntry[]>;
  /** Rejects where the log cannot be followed any more. */
  failed: Promise<never>;
  /** Hears of every entry after it was folded. */
  subscribe(listener: (entry: FindingEntry, finding: Finding) => void): void;
  stop(): Promise<void>;
}

export type TriageResult =
  | { kind: "done"; record: FindingRecord }
  | { kind: "missing" }
  | { kind: "conflict" | "invalid"; reason: string; revision: number };

const PAGE = 1_000;
/** Pages told one by one, so that a slow listener holds little. */
const TOLD_AT_ONCE = 100;
/** A replica of the log may lag behind what was heard of it. */
const LAG = 50;
/** Others may take the next number that often. */
const NOTE_ATTEMPTS = 20;

/** Reads the finding log to its end, then follows it. Entries from before the start are not told to listeners. */
export async function openFindingStore(log: FindingLog, now: () => number): Promise<FindingStore> {
  const projection = createFindingProjection();
  const listeners: ((entry: FindingEntry, finding: Finding) => void)[] = [];
  const waiting = new Set<() => void>();
  const abort = new AbortController();
  let sequence = 0;

  /** Folds what the log has beyond what is folded. */
  const catchUp = async (): Promise<void> => {
    for (;;) {
      const entries = await log.read(sequence, PAGE);
      if (entries.length === 0) return;
      fold(entries);
    }
  };
  const fold = (entries: readonly PlacedEntry[]): void => {
    for (const { entry } of entries) projection.apply(entry);
    sequence = Math.max(sequence, entries.at(-1)?.sequence ?? 0);
    for (const wake of waiting) wake();
  };
  await catchUp();

  const follow = async (): Promise<void> => {
    for await (const entries of log.readAndTail(sequence, abort.signal)) {
      for (const placed of entries) {
        fold([placed]);
        const finding = projection.get(placed.entry.finding)?.finding;
        if (finding) for (const listener of listeners) listener(placed.entry, finding);
      }
    }
  };
  const following = follow();
  const failed = following.then(() => new Promise<never>(() => {}));
  failed.catch(() => {});

  const append = async (entry: HumanEntry): Promise<FindingRecord | null> => {
    if ((await log.append(entry)) === "conflict") return null;
    projection.apply(entry);
    return projection.get(entry.finding)!;
  };
  const note = async (id: string, text: string, by: string): Promise<TriageResult> => {
    for (let attempt = 1; ; attempt++) {
      const record = projection.get(id);
      if (!record) return { kind: "missing" };
      const written = await append(decideNote(record, text, by, formatTime(now())));
      if (written) return { kind: "done", record: written };
      if (attempt === NOTE_ATTEMPTS) {
        const { revision } = record.finding;
        return { kind: "conflict", reason: "others write to it without a pause", revision };
      }
      await sleep(LAG);
      await catchUp();
    }
  };
  let lastNote: Promise<unknown> = Promise.resolve();

  async function* entriesAfter(after: number, signal: AbortSignal): AsyncGenerator<PlacedEntry[]> {
    let told = after;
    while (!signal.aborted && !abort.signal.aborted) {
      if (told >= sequence) {
        await untilFolded(AbortSignal.any([signal, abort.signal]));
        continue;
      }
      const entries = await log.read(told, TOLD_AT_ONCE);
      const folded = entries.filter((placed) => placed.sequence <= sequence);
      told = folded.at(-1)?.sequence ?? told;
      if (folded.length > 0) yield folded;
      else await sleep(LAG);
    }
  }
  const untilFolded = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const wake = (): void => {
        waiting.delete(wake);
        signal.removeEventListener("abort", wake);
        resolve();
      };
      waiting.add(wake);
      signal.addEventListener("abort", wake);
      if (signal.aborted) wake();
    });

  return {
    all: () => projection.all(),
    get: (id) => projection.get(id),
    inOrder: (sort, after) => projection.inOrder(sort, after),
    async triage(id, seen, change, by) {
      const record = projection.get(id);
      if (!record) return { kind: "missing" };
      const { revision } = record.finding;
      const decided = decideTriage(record, seen, change, by, formatTime(now()));
      if ("refused" in decided) return { kind: decided.refused, reason: decided.reason, revision };
      const written = await append(decided);
      return written
        ? { kind: "done", record: written }
        : { kind: "conflict", reason: "somebody else was faster", revision };
    },
    note(id, text, by) {
      // One after the other: notes of this process never wait for a number twice.
      const written = lastNote.then(() => note(id, text, by));
      lastNote = written.catch(() => {});
      return written;
    },
    sequence: () => sequence,
    entriesAfter,
    failed,
    subscribe: (listener) => listeners.push(listener),
    async stop() {
      abort.abort();
      await following.catch(() => {});
    },
  };
}

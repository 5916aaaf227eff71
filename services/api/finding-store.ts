import type { Finding } from "#core/finding/finding.ts";
import {
  decideTriage,
  type FindingEntry,
  type FindingRecord,
  type TriageChange,
} from "#core/finding/finding-log.ts";
import type { FindingLog } from "#core/ports/finding-log.ts";
import { createFindingProjection } from "#core/projection/findings.ts";
import { formatTime } from "#core/time.ts";

/** The findings of the running service: the finding log folded in memory and followed. */
export interface FindingStore {
  all(): Finding[];
  get(id: string): FindingRecord | undefined;
  /** Records a person's change, seen at a revision. */
  triage(id: string, seen: number, change: TriageChange, by: string): Promise<TriageResult>;
  /** Rejects where the log cannot be followed any more. */
  failed: Promise<never>;
  /** Hears of every entry after it was folded. */
  subscribe(listener: (entry: FindingEntry, finding: Finding) => void): void;
  /** Resolves once everything up to this sequence of the log is folded. */
  stop(): Promise<void>;
}

export type TriageResult =
  | { kind: "done"; record: FindingRecord }
  | { kind: "missing" }
  | { kind: "conflict" | "invalid"; reason: string; revision: number };

/** Reads the finding log to its end, then follows it. Entries from before the start are not told to listeners. */
export async function openFindingStore(log: FindingLog, now: () => number): Promise<FindingStore> {
  const projection = createFindingProjection();
  const listeners: ((entry: FindingEntry, finding: Finding) => void)[] = [];
  const abort = new AbortController();
  let sequence = 0;

  while (true) {
    const entries = await log.read(sequence, 1_000);
    for (const { entry } of entries) projection.apply(entry);
    if (entries.length === 0) break;
    sequence = entries.at(-1)!.sequence;
  }

  const follow = async (): Promise<void> => {
    for await (const entries of log.readAndTail(sequence, abort.signal)) {
      for (const { entry } of entries) {
        const finding = projection.apply(entry);
        if (finding) for (const listener of listeners) listener(entry, finding);
      }
    }
  };
  const following = follow();
  const failed = following.then(() => new Promise<never>(() => {}));
  failed.catch(() => {});

  return {
    all: () => projection.all(),
    get: (id) => projection.get(id),
    async triage(id, seen, change, by) {
      const record = projection.get(id);
      if (!record) return { kind: "missing" };
      const { revision } = record.finding;
      const decided = decideTriage(record, seen, change, by, formatTime(now()));
      if ("refused" in decided) return { kind: decided.refused, reason: decided.reason, revision };
      if ((await log.append(decided)) === "conflict") {
        return { kind: "conflict", reason: "somebody else was faster", revision };
      }
      projection.apply(decided);
      return { kind: "done", record: projection.get(id)! };
    },
    failed,
    subscribe: (listener) => listeners.push(listener),
    async stop() {
      abort.abort();
      await following.catch(() => {});
    },
  };
}

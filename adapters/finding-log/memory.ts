import type { FindingEntry } from "#core/finding/finding-log.ts";
import type { FindingLog, PlacedEntry } from "#core/ports/finding-log.ts";
import { createBell, follow } from "#adapters/usage-log/follow.ts";
import { predecessorOf } from "./human-entry.ts";

const PAGE = 1_000;

/** A finding log that lives as long as its process: for tests, replay and backtest. */
export function createMemoryFindingLog(): FindingLog {
  const bodies: string[] = [];
  const known = new Set<string>();
  const bell = createBell();

  function add(entry: FindingEntry): void {
    known.add(entry.id);
    bodies.push(JSON.stringify(entry));
  }

  function read(after: number, limit: number): Promise<PlacedEntry[]> {
    const page = bodies.slice(after, after + limit);
    return Promise.resolve(
      page.map((body, i) => ({ sequence: after + i + 1, entry: JSON.parse(body) as FindingEntry })),
    );
  }

  return {
    async create(entries) {
      const before = bodies.length;
      for (const entry of entries) if (!known.has(entry.id)) add(entry);
      if (bodies.length > before) bell.ring();
    },
    async append(entry) {
      const before = predecessorOf(entry);
      if (known.has(entry.id) || (before !== null && !known.has(before))) return "conflict";
      add(entry);
      bell.ring();
      return "appended";
    },
    readAndTail: (after, signal) => follow((cursor) => read(cursor, PAGE), after, bell, signal),
    read,
    async close() {
      bell.close();
    },
  };
}

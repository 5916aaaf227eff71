import type { Finding } from "#core/finding/finding.ts";
import type { Filter } from "./filter.ts";

/** The list as it is shown: rows keep their places while a person works, whatever streams in. */
export interface Queue {
  rows: readonly Finding[];
  /** Findings that came since and wait to be shown. */
  waiting: readonly Finding[];
  /** The finding the cursor is on; it never moves to another one by itself. */
  cursor: string | null;
  next: string | null;
}

export const EMPTY_QUEUE: Queue = { rows: [], waiting: [], cursor: null, next: null };

export interface Page {
  items: readonly Finding[];
  next: string | null;
}

/** The list read anew: what waited is in it, and the cursor stays where its finding is still there. */
export function replaceRows({ waiting, cursor }: Queue, { items, next }: Page): Queue {
  const shown = new Set(items.map(({ id }) => id));
  return {
    rows: items,
    waiting: waiting.filter(({ id }) => !shown.has(id)),
    cursor: cursor !== null && shown.has(cursor) ? cursor : (items[0]?.id ?? null),
    next,
  };
}

/** One more page. A finding that moved in the order between two pages is not shown twice. */
export function appendRows(queue: Queue, { items, next }: Page): Queue {
  const shown = new Set(queue.rows.map(({ id }) => id));
  return { ...queue, rows: [...queue.rows, ...items.filter(({ id }) => !shown.has(id))], next };
}

/** What the stream tells: a shown row changes in place, a new finding that belongs to the list waits. */
export function takeEntry(queue: Queue, finding: Finding, filter: Filter): Queue {
  const index = queue.rows.findIndex(({ id }) => id === finding.id);
  if (index >= 0) {
    if (queue.rows[index]!.revision > finding.revision) return queue;
    return { ...queue, rows: queue.rows.with(index, finding) };
  }
  const others = queue.waiting.filter(({ id }) => id !== finding.id);
  if (matches(finding, filter)) return { ...queue, waiting: [...others, finding] };
  return others.length === queue.waiting.length ? queue : { ...queue, waiting: others };
}

/** The first page read again after a gap in the stream: as if the stream had told all of it. */
export function catchUp(queue: Queue, items: readonly Finding[], filter: Filter): Queue {
  return items.reduce((all, finding) => takeEntry(all, finding, filter), queue);
}

/** Moves the cursor by so many rows; from nowhere it goes to the first. */
export function moveCursor(queue: Queue, by: number): Queue {
  const { rows, cursor } = queue;
  const at = rows.findIndex(({ id }) => id === cursor);
  const to = at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by));
  return { ...queue, cursor: rows[to]?.id ?? null };
}

/** True where a finding belongs to a list, as the API would say. */
export function matches(finding: Finding, filter: Filter): boolean {
  const isIn = <T>(wanted: readonly T[], value: T): boolean =>
    wanted.length === 0 || wanted.includes(value);
  return (
    isIn(filter.status, finding.status) &&
    isIn(filter.severity, finding.severity) &&
    isIn(filter.family, finding.family) &&
    (filter.team === null || filter.team === finding.showback.team) &&
    (filter.assignee === null || filter.assignee === finding.assignee) &&
    textOf(finding).includes(filter.q.toLowerCase())
  );
}

function textOf({ id, title, explanation, subject, rule }: Finding): string {
  return [id, title, explanation, rule, subject.identity, subject.owner, subject.credential]
    .join(" ")
    .toLowerCase();
}

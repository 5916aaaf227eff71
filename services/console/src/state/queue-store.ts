import { batch, signal } from "@preact/signals";
import {
  type Finding,
  type FindingSummary,
  listFindings,
  summariseFindings,
} from "../api/findings.ts";
import { type Filter, filterFrom, paramsOf, searchOf } from "./filter.ts";
import { onLive } from "./live.ts";
import { appendRows, catchUp, EMPTY_QUEUE, moveCursor, replaceRows, takeEntry } from "./queue.ts";

/** The queue of this tab; it outlives a look at a finding. */
export const queue = signal(EMPTY_QUEUE);
export const summary = signal<FindingSummary | null>(null);
export const loading = signal<"first" | "more" | null>("first");
export const failure = signal<Error | null>(null);

let filter: Filter = filterFrom("");
let shown: string | null = null;
let abort = new AbortController();
let summaryTimer: ReturnType<typeof setTimeout> | null = null;
const SUMMARY_MS = 400;
/** Whether somebody works on the list: then no row moves by itself. */
let isHeld = false;
let showTimer: ReturnType<typeof setTimeout> | null = null;
const SHOW_MS = 1_000;

/** Shows the list of a filter; the one that is shown already stays as it is. */
export function showQueue(wanted: Filter): void {
  if (shown === searchOf(wanted) && failure.value === null) return;
  filter = wanted;
  shown = searchOf(wanted);
  reloadQueue();
}

/** Reads the list from the beginning: what waited is shown, and every row takes its place. */
export function reloadQueue(): void {
  isHeld = false;
  void load(null);
}

/** Somebody puts a hand on the list: what comes waits from now on. */
export function holdQueue(): void {
  isHeld = true;
}

/** Reads the next page, where there is one. */
export function loadMore(): void {
  const { next } = queue.value;
  if (next !== null && loading.value === null) void load(next);
}

export function moveBy(rows: number): void {
  holdQueue();
  queue.value = moveCursor(queue.value, rows);
}

export function setCursor(id: string): void {
  holdQueue();
  queue.value = { ...queue.value, cursor: id };
}

/** A finding as it is after a change of one's own. */
export function showChanged(finding: Finding): void {
  queue.value = takeEntry(queue.value, finding, filter);
  refreshSummary();
}

async function load(cursor: string | null): Promise<void> {
  if (cursor === null) {
    abort.abort();
    abort = new AbortController();
  }
  const { signal } = abort;
  batch(() => {
    loading.value = cursor === null ? "first" : "more";
    failure.value = null;
    // What comes from now on may be missing in the answer.
    if (cursor === null) queue.value = { ...queue.value, waiting: [] };
  });
  try {
    if (cursor === null) refreshSummary(0);
    const page = await listFindings(listParams(), cursor, signal);
    if (signal.aborted) return;
    batch(() => {
      queue.value =
        cursor === null ? replaceRows(queue.value, page) : appendRows(queue.value, page);
      loading.value = null;
    });
    showUnheld();
  } catch (error) {
    if (signal.aborted) return;
    batch(() => {
      failure.value = error as Error;
      loading.value = null;
    });
  }
}

/** Where nothing can move under a hand, what comes takes its place soon, and in an empty list at once. */
function showUnheld(): void {
  const mayShow = (): boolean => {
    const { rows, waiting } = queue.value;
    return waiting.length > 0 && loading.value === null && (rows.length === 0 || !isHeld);
  };
  if (!mayShow()) return;
  const show = (): void => {
    showTimer = null;
    if (mayShow()) reloadQueue();
  };
  showTimer ??= setTimeout(show, queue.value.rows.length === 0 ? 0 : SHOW_MS);
}

function refreshSummary(wait = SUMMARY_MS): void {
  if (summaryTimer !== null && wait > 0) return;
  if (summaryTimer !== null) clearTimeout(summaryTimer);
  summaryTimer = setTimeout(() => {
    summaryTimer = null;
    void readSummary(abort.signal);
  }, wait);
}

/** Counts are a comfort: where they cannot be had, the list says what is wrong. */
async function readSummary(signal: AbortSignal): Promise<void> {
  const counts = await summariseFindings(paramsOf(filter), signal).catch(() => null);
  if (counts && !signal.aborted) summary.value = counts;
}

/** Reads the first page again after a gap in the stream. */
async function readMissed(signal: AbortSignal): Promise<void> {
  const page = await listFindings(listParams(), null, signal).catch(() => null);
  if (page && !signal.aborted) queue.value = catchUp(queue.value, page.items, filter);
}

function listParams(): URLSearchParams {
  const params = paramsOf(filter);
  params.set("sort", filter.sort);
  return params;
}

onLive({
  onEntries(entries) {
    if (shown === null) return;
    queue.value = entries.reduce(
      (all, entry) => takeEntry(all, entry.finding, filter),
      queue.value,
    );
    showUnheld();
    refreshSummary();
  },
  onGap() {
    if (shown === null || loading.value !== null) return;
    void readMissed(abort.signal);
    refreshSummary();
  },
});

import type { Observed } from "../detector.ts";
import { modelName, type UsageEvent } from "../event.ts";
import type { Pico } from "../money.ts";
import { type EventTime, MINUTE } from "../time.ts";

/** By what usage is summed; absent is `_none`. */
export interface RollupKey {
  tenant: string;
  identity: string;
  credential: string;
  model: string;
  environment: string;
  team: string;
  cost_center: string;
}

/** What is summed. */
export interface Counts {
  calls: number;
  errors: number;
  retries: number;
  input_tokens: number;
  output_tokens: number;
  cached_input_tokens: number;
  cost: Pico;
  unpriced_calls: number;
}

/** Absolute totals of one key in one minute of event time: writing them again changes nothing. */
export interface Rollup extends RollupKey, Counts {
  /** Start of the minute. */
  start: EventTime;
  /**
   * 0, or the log sequence of the event that opened the window again after it had left memory: such
   * totals stand beside the first ones, and readers sum over segments.
   */
  segment: number;
}

export const NONE = "_none";

/** How long a window stays in memory after its minute, in event time. */
export const ROLLUP_RETENTION = 60 * MINUTE;

/** The windows of one tenant that are still in memory, by the minute they begin, then by identity. */
export type RollupWindows = Map<EventTime, Map<string, Rollup[]>>;

/**
 * Adds one event to its window, opening it where it is the first, and returns the window. `newest` is
 * the tenant's newest event time, `sequence` the entry's place in the log.
 */
export function rollUp(
  windows: RollupWindows,
  observed: Observed,
  newest: EventTime,
  sequence: number,
): Rollup {
  const start = observed.at - (observed.at % MINUTE);
  const sameMinute = windowsIn(windows, start, observed.event.identity?.id ?? NONE);
  for (const window of sameMinute) {
    if (isFor(window, observed.event)) {
      count(window, observed);
      return window;
    }
  }
  const forgotten = start < newest - ROLLUP_RETENTION;
  const window = openWindow(observed.event, start, forgotten ? sequence : 0);
  sameMinute.push(window);
  count(window, observed);
  return window;
}

/** Lets go of windows that are older than the retention; whoever writes them holds on to the dirty ones. */
export function forgetRollups(windows: RollupWindows, newest: EventTime): void {
  for (const start of windows.keys()) {
    if (start < newest - ROLLUP_RETENTION) windows.delete(start);
  }
}

/** Windows of one identity in one minute, to find one or to put one beside them. */
function windowsIn(windows: RollupWindows, start: EventTime, identity: string): Rollup[] {
  let minute = windows.get(start);
  if (!minute) windows.set(start, (minute = new Map()));
  let own = minute.get(identity);
  if (!own) minute.set(identity, (own = []));
  return own;
}

/** True while the window itself is in memory, and not another one of its minute. */
export function isKept(windows: RollupWindows, window: Rollup): boolean {
  return windows.get(window.start)?.get(window.identity)?.includes(window) ?? false;
}

function isFor(window: Rollup, { identity, attribution, model }: UsageEvent): boolean {
  return (
    window.credential === (identity?.credential ?? NONE) &&
    window.model === (model?.served ?? model?.requested ?? NONE) &&
    window.environment === (attribution?.environment ?? NONE) &&
    window.team === (attribution?.team ?? NONE) &&
    window.cost_center === (attribution?.cost_center ?? NONE)
  );
}

/**
 * Takes counts out of a window and puts them where the same calls belong under another owner; returns
 * the window they are in now.
 */
export function moveCounts(
  windows: RollupWindows,
  from: Rollup,
  counts: Counts,
  owned: Pick<RollupKey, "environment" | "team" | "cost_center">,
): Rollup {
  const sameMinute = windowsIn(windows, from.start, from.identity);
  const isTarget = (window: Rollup): boolean =>
    window.credential === from.credential &&
    window.model === from.model &&
    window.environment === owned.environment &&
    window.team === owned.team &&
    window.cost_center === owned.cost_center;
  let to = sameMinute.find(isTarget);
  if (!to) {
    to = { ...from, ...owned, ...NO_COUNTS };
    sameMinute.push(to);
  }
  addCounts(from, counts, -1);
  addCounts(to, counts, 1);
  return to;
}

const NO_COUNTS: Counts = {
  calls: 0,
  errors: 0,
  retries: 0,
  input_tokens: 0,
  output_tokens: 0,
  cached_input_tokens: 0,
  cost: 0n,
  unpriced_calls: 0,
};

/** What one call adds. */
export function countsOf(observed: Observed): Counts {
  const counts = { ...NO_COUNTS };
  count(counts, observed);
  return counts;
}

export function addCounts(to: Counts, counts: Counts, sign: 1 | -1): void {
  to.calls += sign * counts.calls;
  to.errors += sign * counts.errors;
  to.retries += sign * counts.retries;
  to.input_tokens += sign * counts.input_tokens;
  to.output_tokens += sign * counts.output_tokens;
  to.cached_input_tokens += sign * counts.cached_input_tokens;
  to.cost += sign === 1 ? counts.cost : -counts.cost;
  to.unpriced_calls += sign * counts.unpriced_calls;
}

function openWindow(event: UsageEvent, start: EventTime, segment: number): Rollup {
  const { identity, attribution } = event;
  return {
    tenant: event.tenant,
    identity: identity?.id ?? NONE,
    credential: identity?.credential ?? NONE,
    model: modelName(event) ?? NONE,
    environment: attribution?.environment ?? NONE,
    team: attribution?.team ?? NONE,
    cost_center: attribution?.cost_center ?? NONE,
    start,
    segment,
    ...NO_COUNTS,
  };
}

function count(window: Counts, { event, cost }: Observed): void {
  const { usage, outcome } = event;
  window.calls += 1;
  if (outcome?.status !== undefined && outcome.status !== "ok" && outcome.status !== "cache_hit") {
    window.errors += 1;
  }
  window.retries += usage?.retries ?? 0;
  window.input_tokens += usage?.input_tokens ?? 0;
  window.output_tokens += usage?.output_tokens ?? 0;
  window.cached_input_tokens += usage?.cached_input_tokens ?? 0;
  if (cost === null) window.unpriced_calls += 1;
  else window.cost += cost;
}

import type { Observed } from "../detector.ts";
import { modelName } from "../event.ts";
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

/** Absolute totals of one key in one minute of event time: writing them again changes nothing. */
export interface Rollup extends RollupKey {
  /** Start of the minute. */
  start: EventTime;
  /**
   * 0, or the log sequence of the event that opened the window again after it had left memory: such
   * totals stand beside the first ones, and readers sum over segments.
   */
  segment: number;
  calls: number;
  errors: number;
  retries: number;
  input_tokens: number;
  output_tokens: number;
  cached_input_tokens: number;
  cost: Pico;
  unpriced_calls: number;
}

export const NONE = "_none";

/** How long a window stays in memory after its minute, in event time. */
export const ROLLUP_RETENTION = 60 * MINUTE;

/** Adds one event to its window and returns the window; `last` is the window the same identity used before, tried first. */
export function rollUp(
  windows: Map<string, Rollup>,
  observed: Observed,
  last: Rollup | null,
  newest: EventTime,
  sequence: number,
): Rollup {
  const start = observed.at - (observed.at % MINUTE);
  const key = keyOf(observed);
  const window = last && isSame(last, key, start) ? last : open(windows, key, start, newest, sequence);
  count(window, observed);
  return window;
}

/** Lets go of windows that are older than the retention; whoever writes them holds on to the dirty ones. */
export function forgetRollups(windows: Map<string, Rollup>, newest: EventTime): void {
  for (const [key, window] of windows) {
    if (window.start < newest - ROLLUP_RETENTION) windows.delete(key);
  }
}

function keyOf({ event }: Observed): RollupKey {
  const { identity, attribution } = event;
  return {
    tenant: event.tenant,
    identity: identity?.id ?? NONE,
    credential: identity?.credential ?? NONE,
    model: modelName(event) ?? NONE,
    environment: attribution?.environment ?? NONE,
    team: attribution?.team ?? NONE,
    cost_center: attribution?.cost_center ?? NONE,
  };
}

function isSame(window: Rollup, key: RollupKey, start: EventTime): boolean {
  return (
    window.start === start &&
    window.identity === key.identity &&
    window.credential === key.credential &&
    window.model === key.model &&
    window.environment === key.environment &&
    window.team === key.team &&
    window.cost_center === key.cost_center
  );
}

function open(
  windows: Map<string, Rollup>,
  key: RollupKey,
  start: EventTime,
  newest: EventTime,
  sequence: number,
): Rollup {
  const name = JSON.stringify([start, ...Object.values(key)]);
  const known = windows.get(name);
  if (known) return known;
  const forgotten = start < newest - ROLLUP_RETENTION;
  const window: Rollup = {
    ...key,
    start,
    segment: forgotten ? sequence : 0,
    calls: 0,
    errors: 0,
    retries: 0,
    input_tokens: 0,
    output_tokens: 0,
    cached_input_tokens: 0,
    cost: 0n,
    unpriced_calls: 0,
  };
  windows.set(name, window);
  return window;
}

function count(window: Rollup, { event, cost }: Observed): void {
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

import type { Observed, Signal } from "../../detector.ts";
import { type EventTime, MINUTE } from "../../time.ts";
import type { FieldValue } from "../fields.ts";
import type { Plan } from "./plan.ts";

/** One selected call in memory. */
export interface Entry {
  at: EventTime;
  id: string;
  value: FieldValue | null;
  /** Picodollars as a double, exact below 9,007 USD; null while unpriced. */
  cost: number | null;
  /** True once a signal has brought it. */
  counted: boolean;
}

/** What the signals of one run of crossed windows have brought so far. */
export interface Run {
  last: EventTime;
  calls: number;
  cost: number;
  /** What is measured of the calls: for `count` they themselves, for `distinct` their values, for `sum` their amounts. */
  units: number;
  /** The most in one window. */
  most: number;
  /** Picodollars already told as expected. */
  expected: number;
}

export interface WindowState {
  /** The newest calls of the key, in event-time order. */
  entries: Entry[];
  run: Run | null;
}

/** Calls of one key in memory: windows with more of them are cut at their older end. */
export const MOST_ENTRIES = 512;
/** An accepted event is late by this at most, so windows must reach back as much further. */
const LATENESS = 10 * MINUTE;

/** Puts the call at its place in event time, forgets what no window can need, and returns the place. */
export function insert(
  { entries }: WindowState,
  { event, at, cost }: Observed,
  value: FieldValue | null,
  window: number,
): number {
  const entry: Entry = {
    at,
    id: event.id,
    value,
    cost: cost === null ? null : Number(cost),
    counted: false,
  };
  let place = entries.length;
  while (place > 0 && isBefore(entry, entries[place - 1]!)) place--;
  entries.splice(place, 0, entry);
  const oldest = entries.at(-1)!.at - window - LATENESS;
  let old = Math.max(0, entries.length - MOST_ENTRIES);
  while (entries[old]!.at < oldest) old++;
  if (old > 0) entries.splice(0, old);
  return place - old;
}

/**
 * Looks at every window (t - w, t] that holds the new call, each ending at a call; a call that came
 * late may fill windows that end after it. No window of less than `fewest` calls can cross. Returns the largest measure above the limit and the calls
 * of those windows that no signal has brought, so that the outcome does not depend on the order.
 */
export function crossed(
  { entries }: WindowState,
  place: number,
  { window, limit, fewest = limit + 1 }: { window: number; limit: number; fewest?: number },
  measure: (entries: readonly Entry[], first: number, end: number) => number,
): { most: number; added: Entry[] } | null {
  if (place < 0 || entries.length < fewest) return null;
  const until = entries[place]!.at + window;
  let most = 0;
  const added: Entry[] = [];
  for (let end = place; end < entries.length && entries[end]!.at < until; end++) {
    const at = entries[end]!.at;
    if (entries[end + 1]?.at === at) continue;
    let first = place;
    while (first > 0 && entries[first - 1]!.at > at - window) first--;
    while (entries[first]!.at <= at - window) first++;
    if (end - first + 1 < fewest) continue;
    const size = measure(entries, first, end);
    if (size <= limit) continue;
    most = Math.max(most, size);
    for (let i = first; i <= end; i++) {
      const entry = entries[i]!;
      if (!entry.counted && !added.includes(entry)) added.push(entry);
    }
  }
  return most > 0 ? { most, added } : null;
}

/**
 * What the added calls bring. Expected is the limit at the run's own mean cost of a unit; as the mean
 * moves, each signal corrects what the ones before it told, so that the sum does not depend on order.
 */
export function bring(
  state: WindowState,
  { most, added }: { most: number; added: readonly Entry[] },
  limit: number,
  quiet: number,
  unitsOf: (entry: Entry) => number,
): Pick<Signal, "since" | "calls" | "observed" | "expected" | "unpriced" | "eventIds"> {
  const since = added.reduce((first, { at }) => Math.min(first, at), Infinity);
  let run = state.run;
  if (!run || since >= run.last + quiet) {
    run = { last: since, calls: 0, cost: 0, units: 0, most: 0, expected: 0 };
  }
  state.run = run;
  let cost = 0;
  let unpriced = 0;
  for (const entry of added) {
    run.last = Math.max(run.last, entry.at);
    run.units += unitsOf(entry);
    entry.counted = true;
    if (entry.cost === null) unpriced += 1;
    else cost += entry.cost;
  }
  run.calls += added.length;
  run.cost += cost;
  run.most = Math.max(run.most, most);
  const expected = Math.round((run.cost / run.units) * Math.min(limit, run.units));
  const told = run.expected;
  run.expected = expected;
  return {
    since,
    calls: added.length,
    observed: unpriced === added.length ? null : BigInt(Math.round(cost)),
    expected: BigInt(expected - told),
    unpriced,
    eventIds: added.slice(-8).map(({ id }) => id),
  };
}

/** Nothing of it can matter any more: no window reaches it and its episode is over. */
export function isOver({ entries, run }: WindowState, now: EventTime, plan: WindowSpan): boolean {
  const newest = entries.at(-1)?.at ?? -Infinity;
  if (now <= newest + plan.window + LATENESS) return false;
  return run === null || now > run.last + plan.quiet;
}

interface WindowSpan {
  window: number;
  quiet: number;
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.id < b.id);
}

/** The signal of a crossed window, as every rule over windows tells it. */
export function windowSignal(
  sums: ReturnType<typeof bring>,
  run: Run,
  { entity, limit, window }: Pick<Plan, "entity" | "limit" | "window">,
  { id, reason, metric }: { id: string; reason: string; metric: string },
): Signal {
  const { most, calls } = run;
  return {
    ...sums,
    entity: { type: entity, id },
    reason,
    score: 1 - limit / most / 2,
    facts: {
      metric,
      window: window / 1_000,
      observed: most,
      expected: limit,
      ratio: most / Math.max(1, limit),
      calls,
      baseline: { source: "ceiling", n: 0 },
    },
  };
}

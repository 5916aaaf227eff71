import { z } from "zod";
import { defineDetector, type Detector, NO_SIGNALS, type Observed } from "../../detector.ts";
import type { FieldValue } from "../fields.ts";
import { entityIdOf, keyFor, type Plan } from "./plan.ts";
import {
  bring,
  crossed,
  type Entry,
  insert,
  isOver,
  type WindowState,
  windowSignal,
} from "./window.ts";

/** What a kind of correlation measures of the calls of one window. */
export interface Measure {
  /** The kind, and the reason of its signals. */
  id: string;
  summary: string;
  reason: string;
  /** What the fact `metric` says. */
  metric: string;
  facts: { metric: string; observed: string; expected: string };
  /** What is kept of a call to be measured; undefined where the call does not count. */
  valueOf(observed: Observed): FieldValue | null | undefined;
  measure(entries: readonly Entry[], first: number, end: number): number;
  /** What one call that is brought adds to it. */
  unitsOf(state: WindowState, entry: Entry): number;
  /** No window of fewer calls can be above the limit; one more than the limit unless told. */
  fewest?: number;
}

const None = z.strictObject({});

/** A larger measure of one key's calls within a sliding window than is ordinary. */
export function windowed(plan: Plan, kind: Measure): Detector {
  const { window, limit, quiet, entity } = plan;
  const { id: reason, metric, fewest = limit + 1 } = kind;
  const bounds = { window, limit, fewest };
  return defineDetector<object, WindowState>({
    id: reason,
    version: 1,
    summary: kind.summary,
    params: None,
    facts: {
      metric: kind.facts.metric,
      window: "length of the window, in seconds",
      observed: kind.facts.observed,
      expected: kind.facts.expected,
      ratio: "observed / expected",
      calls: "calls of all crossed windows so far",
      baseline: "where the expectation comes from: `ceiling`, no own history",
    },
    reasons: { [reason]: kind.reason },
    audits: plan.audits,
    key: keyFor(plan),
    init: () => ({ entries: [], run: null }),
    step(state, observed) {
      const id = entityIdOf(entity, observed);
      const value = kind.valueOf(observed);
      if (id === null || value === undefined) return NO_SIGNALS;
      const place = insert(state, observed, value, window);
      const found = crossed(state, place, bounds, kind.measure);
      if (!found || found.added.length === 0) return NO_SIGNALS;
      const sums = bring(state, found, limit, quiet, (entry) => kind.unitsOf(state, entry));
      return [windowSignal(sums, state.run!, plan, { id, reason, metric })];
    },
    idle: (state, now) => isOver(state, now, plan),
  });
}

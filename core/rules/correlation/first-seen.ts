import { z } from "zod";
import {
  defineDetector,
  type Detector,
  type DetectorContext,
  NO_SIGNALS,
  type Observed,
  type Signal,
} from "../../detector.ts";
import { DAY, type EventTime, formatTime } from "../../time.ts";
import { entityIdOf, keyFor, type Plan } from "./plan.ts";

/** What is known of one key, in plain JSON. */
interface Known {
  /** Event time of the key's first call. */
  since: EventTime;
  newest: EventTime;
  /** A value known in silence: mostly the next call shows it too. */
  last: string | null;
  /**
   * Value to the time of its first call where it was reported, -1 where it was learned in silence. Null
   * while `last` is all that is known, as it is of most of many keys.
   */
  values: Record<string, number> | null;
  size: number;
}

const None = z.strictObject({});

/** After the log, the tenant and the key each began, values are learned for this long and not reported. */
export const LEARNING = 7 * DAY;
/** A key that was silent for so long is learned again when it comes back, and never looks new. */
const MEMORY = 35 * DAY;
const SILENT = -1;
/** An object cannot hold this name as its own. */
const UNNAMEABLE = "__proto__";

/**
 * A value never seen before on a key. Known values are exact up to a bound, and beyond it nothing is
 * new any more. A reported value costs what its calls cost in the window after it was first seen.
 */
export function firstSeenOf(plan: Plan): Detector {
  const isTenant = plan.fieldName === "tenant";
  return defineDetector<object, Known>({
    id: "first-seen",
    version: 2,
    summary: "A value that this key has never shown before.",
    params: None,
    facts: FIRST_SEEN_FACTS,
    reasons: { first_seen: "The value was never seen before, and the learning time is over." },
    audits: plan.audits,
    key: keyFor(plan),
    init: () => ({ since: Infinity, newest: -Infinity, last: null, values: null, size: 0 }),
    step(state, observed, _, context) {
      const { at } = observed;
      if (at < state.since) state.since = at;
      if (at > state.newest) state.newest = at;
      const given = plan.field!(observed);
      if (given === undefined || given === state.last) return NO_SIGNALS;
      const value = String(given);
      const first = state.values?.[value];
      if (first === SILENT) {
        state.last = value;
        return NO_SIGNALS;
      }
      const owner = entityIdOf(plan.entity, observed);
      if (owner === null) return NO_SIGNALS;
      if (typeof first === "number") {
        if (at > first + plan.window) return NO_SIGNALS;
        if (at < first) state.values![value] = at;
        return [toSignal(plan, state, observed, owner, value, Math.min(at, first))];
      }
      if (state.size >= plan.values || value === UNNAMEABLE) return NO_SIGNALS;
      state.size += 1;
      const isLearning = isTenant
        ? isWithin(at, context.started)
        : isWithin(at, context.started) ||
          isWithin(at, context.tenantSince) ||
          (plan.by.length > 0 && isWithin(at, state.since));
      remember(state, value, isLearning ? SILENT : at);
      return isLearning ? NO_SIGNALS : [toSignal(plan, state, observed, owner, value, at)];
    },
    // Of the tenant itself nothing is ever forgotten.
    idle: (state, now) => plan.by.length > 0 && now - state.newest > MEMORY,
  });
}

const FIRST_SEEN_FACTS = {
  metric: "the field that showed the value",
  value: "the new value",
  known: "values of this key known so far, this one included",
  first_seen: "event time of the value's first call",
  window: "seconds after it in which its calls are added",
};

function remember(state: Known, value: string, first: number): void {
  if (state.size === 1 && first === SILENT) {
    state.last = value;
    return;
  }
  if (!state.values) {
    state.values = {};
    if (state.last !== null) state.values[state.last] = SILENT;
  }
  state.values[value] = first;
}

/** Without a known beginning everything is still being learned. */
function isWithin(at: EventTime, since: DetectorContext["started"]): boolean {
  return since === null || at < since + LEARNING;
}

/** Each value is an episode of its own, so that two values of one entity are two findings. */
function toSignal(
  { entity, fieldName, window }: Plan,
  state: Known,
  observed: Observed,
  owner: string,
  value: string,
  first: EventTime,
): Signal {
  const { event, at, cost } = observed;
  return {
    entity: { type: entity, id: owner === value ? owner : `${owner}/${value}` },
    reason: "first_seen",
    score: 0.5,
    since: at,
    calls: 1,
    observed: cost,
    expected: 0n,
    unpriced: cost === null ? 1 : 0,
    eventIds: [event.id],
    facts: {
      metric: fieldName,
      value,
      known: state.size,
      first_seen: formatTime(first),
      window: window / 1_000,
    },
  };
}

import { z } from "zod";
import {
  defineDetector,
  type Detector,
  NO_SIGNALS,
  type Observed,
  type Signal,
} from "../../detector.ts";
import { ALLOWED_LATENESS, type EventTime } from "../../time.ts";
import type { FieldValue } from "../fields.ts";
import { entityIdOf, keyFor, type Plan, type Step } from "./plan.ts";

/** An event of a step before the last one. */
interface Entry {
  at: EventTime;
  id: string;
  /** What of it must differ from others of its step: its own id where the rule does not say. */
  value: FieldValue;
  step: number;
  /** Picodollars as a double, exact below 9,007 USD; null while unpriced. */
  cost: number | null;
  isCall: boolean;
  /** True once a signal has brought it. */
  counted: boolean;
}

interface State {
  /** In event-time order. */
  entries: Entry[];
}

const None = z.strictObject({});
const MOST_ENTRIES = 128;
const MOST_IDS = 8;

/**
 * Events that follow one another: each step in its turn, all within the window up to the event that
 * makes the last one. Nothing is kept before the first event of an earlier step; a step that comes
 * late counts from the next event of the last one.
 */
export function orderedOf(plan: Plan): Detector {
  const { steps, window } = plan;
  const last = steps.length - 1;
  return defineDetector<object, State>({
    id: "ordered",
    version: 1,
    summary: "Selected events of one key follow one another in a given order within a window.",
    params: None,
    facts: ORDERED_FACTS,
    reasons: { ordered: "Every step came, in its order, within the window." },
    audits: plan.audits,
    key: keyFor(plan),
    begins: (observed) => !steps[last]!.matches(observed),
    init: () => ({ entries: [] }),
    step(state, observed) {
      if (!steps[last]!.matches(observed)) {
        insert(state, observed, steps, window);
        return NO_SIGNALS;
      }
      const { at } = observed;
      const id = entityIdOf(plan.entity, observed);
      const before = state.entries.filter((one) => one.at > at - window && one.at < at);
      if (id === null || !follow(before, steps.slice(0, last))) return NO_SIGNALS;
      return [toSignal(plan, observed, id, before)];
    },
    idle: ({ entries }, now) => now > (entries.at(-1)?.at ?? -Infinity) + window + ALLOWED_LATENESS,
  });
}

const ORDERED_FACTS = {
  metric: "always `steps`",
  window: "length of the window, in seconds",
  observed: "events of the earlier steps within the window, different ones where the rule says so",
  expected: "as many of them make the steps complete",
  ratio: "observed / expected",
  baseline: "where the expectation comes from: `ceiling`, no own history",
};

/** Keeps an event of an earlier step at its place in time, and forgets what no window can need. */
function insert(
  { entries }: State,
  observed: Observed,
  steps: readonly Step[],
  window: number,
): void {
  const { event, at, cost } = observed;
  const step = steps.findIndex(({ matches }) => matches(observed));
  const value = steps[step]!.distinct ? steps[step]!.distinct(observed) : event.id;
  if (value === undefined) return;
  let place = entries.length;
  while (place > 0 && entries[place - 1]!.at > at) place--;
  const isCall = event.type !== "audit";
  const amount = cost === null ? null : Number(cost);
  entries.splice(place, 0, { at, id: event.id, value, step, cost: amount, isCall, counted: false });
  const oldest = entries.at(-1)!.at - window - ALLOWED_LATENESS;
  while (entries.length > MOST_ENTRIES || entries[0]!.at < oldest) entries.shift();
}

/** True where the steps complete one after the other; as early as possible leaves most room for the next. */
function follow(entries: readonly Entry[], steps: readonly Step[]): boolean {
  let step = 0;
  const values = new Set<FieldValue>();
  for (const entry of entries) {
    if (entry.step !== step) continue;
    values.add(entry.value);
    if (values.size < steps[step]!.count) continue;
    values.clear();
    step += 1;
    if (step === steps.length) return true;
  }
  return false;
}

/** Brings the event that made the last step, and those before it that no signal has brought. None of it was to be expected. */
function toSignal(
  { entity, steps, window }: Plan,
  { event, at, cost }: Observed,
  id: string,
  before: readonly Entry[],
): Signal {
  const added = before.filter((entry) => !entry.counted);
  for (const entry of added) entry.counted = true;
  const calls = added.filter(({ isCall }) => isCall).length + (event.type === "audit" ? 0 : 1);
  const unpriced = added.filter((one) => one.isCall && one.cost === null).length;
  const ownUnpriced = event.type !== "audit" && cost === null ? 1 : 0;
  const total = added.reduce((sum, one) => sum + (one.cost ?? 0), 0) + Number(cost ?? 0n);
  const observed = new Set(before.map(({ step, value }) => `${step}\0${value}`)).size;
  const expected = steps.slice(0, -1).reduce((sum, { count }) => sum + count, 0);
  return {
    entity: { type: entity, id },
    reason: "ordered",
    score: 1 - expected / observed / 2,
    since: added[0]?.at ?? at,
    calls,
    observed: unpriced + ownUnpriced === calls ? null : BigInt(Math.round(total)),
    expected: 0n,
    unpriced: unpriced + ownUnpriced,
    eventIds: [...added.slice(1 - MOST_IDS).map((one) => one.id), event.id],
    facts: {
      metric: "steps",
      window: window / 1_000,
      observed,
      expected,
      ratio: observed / expected,
      baseline: { source: "ceiling", n: 0 },
    },
  };
}

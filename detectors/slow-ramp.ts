import { defineDetector, NO_SIGNALS, type Observed, type Signal } from "#core/detector.ts";
import { DAY, type EventTime } from "#core/time.ts";
import { limitOf, type Ordinary } from "./slow-ramp/cusum.ts";
import { Params } from "./slow-ramp/params.ts";

interface State {
  /** Days since the epoch. */
  day: number;
  /** Calls of the full days before, zero where there were none, oldest first. */
  days: number[];
  /** False for the first day, of which only a part is known. */
  isFull: boolean;
  today: Today;
}

/** The running day. */
interface Today {
  since: EventTime;
  calls: number;
  /** Picodollars as a double, exact below 9,007 USD. */
  cost: number;
  unpriced: number;
  /** What an ordinary day is, and how many calls are too many; null where too little is known. */
  ordinary: Ordinary | null;
  /** Picodollars told as expected; null while nothing is told of the day. */
  told: number | null;
}

/** Days that are looked back on: the older half is ordinary, the newer one is judged. */
const KEPT = 14;
/** Calls in an hour from which an identity is watched. */
const WATCHED = 5;

/**
 * Days that grow a little each, none of which is far above the one before: a one-sided CUSUM of the
 * logarithm of a day's calls against the week before the last. Sparse identities are left out. Fails where the growth is slower than the identity's own unrest, or older than two weeks.
 */
export const slowRamp = defineDetector<Params, State>({
  id: "slow-ramp",
  version: 1,
  summary: "The days of an identity grow a little each, until they are far above its ordinary day.",
  params: Params,
  facts: {
    metric: "always `calls`",
    window: "length of the judged window, in seconds",
    observed: "calls of the day so far",
    expected: "calls of an ordinary day: the geometric mean of the older week",
    ratio: "observed / expected",
    cusum: "what the days before had summed up to, in deviations beyond the drift",
    baseline: "source `own`, n days of the older week",
  },
  reasons: { cusum: "The summed-up excess of the newer days is above the limit." },

  key: ({ event }) => (event.type === "audit" ? null : (event.identity?.id ?? null)),

  begins: (_, { series }) => series !== null && series.calls.recent[0]! >= WATCHED,

  init: () => ({ day: -1, days: [], isFull: false, today: newDay(null) }),

  step(state, observed, params) {
    const day = Math.floor(observed.at / DAY);
    if (day > state.day) {
      endDays(state, day);
      state.today = newDay(limitOf(state.days, params));
    }
    if (day < state.day) return NO_SIGNALS;
    count(state.today, observed);
    const { ordinary, calls } = state.today;
    if (!ordinary || calls <= ordinary.limit) return NO_SIGNALS;
    return [toSignal(state.today, ordinary, observed)];
  },

  idle: ({ day }, now) => now - day * DAY > (KEPT + 1) * DAY,
});

function newDay(ordinary: Ordinary | null): Today {
  return { since: Infinity, calls: 0, cost: 0, unpriced: 0, ordinary, told: null };
}

/** Learns the day that ends and the empty ones after it. */
function endDays(state: State, day: number): void {
  const { today, days } = state;
  if (state.isFull) days.push(today.calls);
  state.isFull = state.day >= 0;
  const empty = state.day < 0 ? 0 : Math.min(KEPT, day - state.day - 1);
  for (let i = 0; i < empty; i++) days.push(0);
  if (days.length > KEPT) days.splice(0, days.length - KEPT);
  state.day = day;
}

function count(today: Today, { at, cost }: Observed): void {
  today.since = Math.min(today.since, at);
  today.calls += 1;
  if (cost === null) today.unpriced += 1;
  else today.cost += Number(cost);
}

/**
 * The first signal of a day brings the day so far; each later one its call. Expected is the ordinary day at
 * what its calls really cost; as that moves, each signal corrects what the ones before it told.
 */
function toSignal(today: Today, ordinary: Ordinary, { event, at, cost }: Observed): Signal {
  const { calls, told } = today;
  const isFirst = told === null;
  const expected = Math.round((today.cost / calls) * ordinary.calls);
  today.told = expected;
  const unpriced = isFirst ? today.unpriced : cost === null ? 1 : 0;
  const added = isFirst ? calls : 1;
  return {
    // Apart from sudden excesses of the identity, which would be lost in a finding that runs for days.
    entity: { type: "identity", id: `${event.identity!.id!}/days` },
    reason: "cusum",
    score: 1 - ordinary.calls / calls / 2,
    since: isFirst ? today.since : at,
    calls: added,
    observed: unpriced === added ? null : isFirst ? BigInt(Math.round(today.cost)) : cost,
    expected: BigInt(expected - (told ?? 0)),
    unpriced,
    eventIds: [event.id],
    facts: {
      metric: "calls",
      window: DAY / 1_000,
      observed: calls,
      expected: Math.round(ordinary.calls),
      ratio: calls / ordinary.calls,
      cusum: Math.round(ordinary.cusum * 10) / 10,
      baseline: { source: "own", n: ordinary.days },
    },
  };
}

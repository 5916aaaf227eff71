import { baselineOf, WINDOW_DAYS } from "#core/baseline/hour-series.ts";
import {
  defineDetector,
  type DetectorContext,
  type Facts,
  NO_SIGNALS,
  type Observed,
  type Signal,
} from "#core/detector.ts";
import { DAY, type EventTime, HOUR, SECOND } from "#core/time.ts";
import { createHabits, type Habits } from "./llmjacking/habits.ts";
import { observe } from "./llmjacking/observe.ts";
import { observeVolume } from "./llmjacking/volume.ts";
import { Params } from "./llmjacking/params.ts";
import { chainOf, forgetMarks, scoreOf } from "./llmjacking/marks.ts";
import { SIGN_NAMES, SIGNS } from "./llmjacking/signs.ts";

/** Odd calls that wait for an incident, and then what the incident has told. */
interface Sum {
  since: EventTime;
  last: EventTime;
  calls: number;
  /** Picodollars as a double, exact below 9,007 USD. */
  cost: number;
  unpriced: number;
  ids: string[];
}

interface Incident {
  since: EventTime;
  last: EventTime;
  /** Baseline spend of an hour when it opened, in picodollars, and what of it was told. */
  hourly: number;
  expected: number;
  /** The highest so far. */
  score: number;
  groups: number;
}

interface State {
  habits: Habits;
  odd: Sum | null;
  incident: Incident | null;
}

const MOST_IDS = 8;
/** Habits of a silent credential are kept well beyond the silence that makes it dormant. */
const MEMORY = 90 * DAY;

/**
 * One score for a credential from many weak signals, none of which means much alone: how it is probed,
 * from where and with what it is used, which models, after which silence, how much. Fails where a thief
 * uses the stolen key from its own network, client and model, and no more than its owner does.
 */
export const llmjacking = defineDetector<Params, State>({
  id: "llmjacking",
  version: 2,
  summary:
    "Weak signals of a stolen credential add up: probes, new network, client or model, volume.",
  joined: true,
  params: Params,
  audits: true,
  facts: {
    metric: "always `score`",
    chain: "the phases of a theft that are marked, in the order in which they follow one another",
    score: "the highest score so far, 0 to 100",
    groups:
      "groups of signs that agreed then; of each sign come weight, strength, value and age in seconds, null where it adds nothing",
    observed: "score",
    expected: "score from which an incident is open",
    ratio: "observed / expected",
    ...Object.fromEntries(
      SIGN_NAMES.map((sign) => [sign, `group ${SIGNS[sign].group}: ${SIGNS[sign].meaning}`]),
    ),
  },
  reasons: { composite: "The score of the signals reached the threshold." },

  key({ event }) {
    const { credential, id } = event.identity ?? {};
    return credential ?? (id === undefined ? null : `identity:${id}`);
  },

  init: () => ({ habits: createHabits(), odd: null, incident: null }),

  step(state, observed, params, context) {
    const { habits } = state;
    const { at } = observed;
    const isOdd = observe(habits, observed, params, context.admin);
    if (isOdd && !state.incident) addOdd(state, observed, params);
    if (!forgetMarks(habits.marks, at, params)) {
      state.incident = null;
      return NO_SIGNALS;
    }
    const before = scoreOf(habits.marks, at, params);
    if (before.others >= params.companion) observeVolume(habits, at, params, context);
    const { score, others, groups } = scoreOf(habits.marks, at, params);
    if (score < params.open_at || others < params.companion) {
      state.incident = null;
      return NO_SIGNALS;
    }
    const added = state.incident ? single(observed) : open(state, observed, context);
    const incident = state.incident!;
    if (score > incident.score) Object.assign(incident, { score, groups });
    return [toSignal(observed, habits, incident, added, params)];
  },

  idle: ({ habits }, now) => now - habits.seen > MEMORY,
});

function addOdd(state: State, observed: Observed, { keep_days }: Params): void {
  const { odd } = state;
  const call = single(observed);
  if (!odd || observed.at - odd.last > keep_days * DAY) state.odd = call;
  else merge(odd, call);
}

function merge(sum: Sum, call: Sum): void {
  sum.since = Math.min(sum.since, call.since);
  sum.last = Math.max(sum.last, call.last);
  sum.calls += call.calls;
  sum.cost += call.cost;
  sum.unpriced += call.unpriced;
  sum.ids.push(...call.ids);
  if (sum.ids.length > MOST_IDS) sum.ids.splice(MOST_IDS / 2, 1);
}

/** Opens the incident; it brings the odd calls that led to it. */
function open(state: State, observed: Observed, { series }: DetectorContext): Sum {
  const { odd } = state;
  const added = odd ?? single(observed);
  if (odd && !odd.ids.includes(observed.event.id)) merge(odd, single(observed));
  state.odd = null;
  const spend = series ? baselineOf(series.spend) : null;
  const hourly = spend ? (spend.mean * spend.activeHours) / (WINDOW_DAYS * 24) : 0;
  const { since } = added;
  state.incident = { since, last: since, hourly, expected: 0, score: 0, groups: 0 };
  return added;
}

/** What one event brings; an audit event is evidence, but no call. */
function single({ event, at, cost }: Observed): Sum {
  const calls = event.type === "audit" ? 0 : 1;
  return {
    since: at,
    last: at,
    calls,
    cost: cost === null ? 0 : Number(cost),
    unpriced: cost === null ? calls : 0,
    ids: [event.id],
  };
}

/** Expected is the baseline spend from the incident's first call to its newest; each signal tells what is new of it. */
function toSignal(
  { event, at }: Observed,
  habits: Habits,
  incident: Incident,
  added: Sum,
  params: Params,
): Signal {
  incident.last = Math.max(incident.last, at);
  const expected = Math.round((incident.hourly * (incident.last - incident.since)) / HOUR);
  const told = incident.expected;
  incident.expected = expected;
  const { credential, id } = event.identity!;
  return {
    entity:
      credential === undefined
        ? { type: "identity", id: id! }
        : { type: "credential", id: credential },
    reason: "composite",
    score: incident.score / 100,
    since: added.since,
    calls: added.calls,
    observed: added.unpriced === added.calls ? null : BigInt(Math.round(added.cost)),
    expected: BigInt(expected - told),
    unpriced: added.unpriced,
    eventIds: added.ids,
    facts: factsOf(habits, incident, at, params),
  };
}

function factsOf({ marks }: Habits, incident: Incident, at: EventTime, params: Params): Facts {
  const score = Math.round(incident.score * 10) / 10;
  const signs = SIGN_NAMES.map((sign): [string, Facts[string]] => {
    const mark = marks[sign];
    if (!mark) return [sign, null];
    const { group } = SIGNS[sign];
    const weight = params.weights[sign];
    const strength = Math.round(mark.strength * 1_000) / 1_000;
    const age = Math.max(0, Math.round((at - mark.at) / SECOND));
    return [sign, { group, weight, strength, value: mark.value, age }];
  });
  return {
    metric: "score",
    chain: chainOf(marks),
    score,
    groups: incident.groups,
    observed: score,
    expected: params.open_at,
    ratio: score / Math.max(1, params.open_at),
    ...Object.fromEntries(signs),
  };
}

import { z } from "zod";
import { defineDetector, NO_SIGNALS, type Observed, type Signal } from "#core/detector.ts";
import { modelName, type Usage } from "#core/event.ts";
import { grown } from "#core/grown.ts";
import { DAY, type EventTime } from "#core/time.ts";

const Params = z.strictObject({
  times: z
    .number()
    .min(1)
    .default(3)
    .describe("Unit price against the dearest model of the last 30 days."),
  calls: z.int().min(1).default(10).describe("Calls on the dearer model within a day."),
  share: z
    .number()
    .min(0)
    .max(1)
    .default(0.2)
    .describe("Share of the identity's spend since its first call."),
  history_days: z.number().min(0).default(7).describe("Age of an identity before it is judged."),
});
type Params = z.infer<typeof Params>;

/** One model as the identity uses it. */
interface ModelUse {
  name: string;
  first: EventTime;
  last: EventTime;
  /** Sums over the first calls: they settle the unit price, in picodollars a weighed token. */
  cost: number;
  weight: number;
  calls: number;
}

/** A model far dearer than those before, and what it has brought so far. */
interface Climb {
  name: string;
  since: EventTime;
  calls: number;
  cost: number;
  /** Spend of the identity since then, on all models. */
  total: number;
  ids: string[];
  isOpen: boolean;
  /** Unit price of the dearest model before. */
  usual: number;
}

interface State {
  since: EventTime;
  last: EventTime;
  models: ModelUse[];
  climb: Climb | null;
}

const MOST_MODELS = 16;
const MOST_IDS = 8;
/** Calls after which a unit price is settled. */
const SETTLED = 50;
const MEMORY = 30 * DAY;
/** A model is learned as usual when it was used for so long. */
const LEARNING = 2 * DAY;
/** What an output and a cached token cost in input tokens, about, with every provider. */
const OUTPUT_WEIGHT = 5;
const CACHED_WEIGHT = 0.1;

/**
 * An identity begins to use a model several times as dear as any it used in the last 30 days, and not
 * for a try only. Prices are compared by what a token of this identity really cost, so that no list of
 * tiers is needed. Fails where calls have no price.
 */
export const modelEscalation = defineDetector<Params, State>({
  id: "model-escalation",
  version: 1,
  summary: "An identity moves to a model far dearer than any it used before.",
  params: Params,
  facts: {
    metric: "always `unit_price`",
    model: "the dearer model",
    observed: "its unit price, in USD a million weighed tokens",
    expected: "unit price of the dearest model before",
    ratio: "observed / expected",
    calls: "calls on it so far",
    share: "its share of the identity's spend since its first call",
    baseline: "the identity's own models of the last 30 days",
  },
  reasons: { dearer_model: "A much dearer model takes a share of the spend." },

  key: ({ event, cost }) => (cost === null || cost <= 0n ? null : (event.identity?.id ?? null)),

  init: () => ({ since: Infinity, last: -Infinity, models: [], climb: null }),

  step(state, observed, params) {
    const { event, at } = observed;
    state.since = Math.min(state.since, at);
    state.last = Math.max(state.last, at);
    const cost = Number(observed.cost);
    const name = modelName(event);
    if (name === null) return NO_SIGNALS;
    const { climb } = state;
    if (climb) climb.total += cost;
    const use = useOf(state, name, at);
    if (use === null) return NO_SIGNALS;
    use.last = Math.max(use.last, at);
    if (use.calls < SETTLED) {
      use.calls += 1;
      use.cost += cost;
      use.weight += weightOf(event.usage);
    }
    if (climb?.name === name) return follow(state, climb, use, observed, params);
    if (at - use.first < LEARNING && isDearer(state, use, at, params)) {
      state.climb = begin(state, use, observed);
    }
    return NO_SIGNALS;
  },

  idle: (state, now) => now - state.last > MEMORY,
});

/** The model's entry; of too many the one unused for longest is forgotten. One unused for 30 days starts afresh. */
function useOf(state: State, name: string, at: EventTime): ModelUse | null {
  const { models } = state;
  let use = models.find((one) => one.name === name);
  if (use && at - use.last <= MEMORY) return use;
  if (use) models.splice(models.indexOf(use), 1);
  if (models.length >= MOST_MODELS) {
    const oldest = models.reduce((a, b) => (b.last < a.last ? b : a));
    if (oldest.last > at) return null;
    models.splice(models.indexOf(oldest), 1);
  }
  use = { name, first: at, last: at, cost: 0, weight: 0, calls: 0 };
  state.models = grown(models, use);
  return use;
}

function isDearer(state: State, use: ModelUse, at: EventTime, params: Params): boolean {
  if (at - state.since < params.history_days * DAY) return false;
  const usual = usualUnit(state, use, at);
  return usual > 0 && unitOf(use) >= params.times * usual;
}

/** Unit price of the dearest model that was in use before; 0 where none was. */
function usualUnit({ models }: State, use: ModelUse, at: EventTime): number {
  let usual = 0;
  for (const one of models) {
    const isKnown = at - one.first >= LEARNING && at - one.last <= MEMORY;
    if (one !== use && isKnown) usual = Math.max(usual, unitOf(one));
  }
  return usual;
}

function begin(state: State, use: ModelUse, { event, at, cost }: Observed): Climb {
  const { name } = use;
  const total = Number(cost);
  const usual = usualUnit(state, use, at);
  const ids = [event.id];
  return { name, since: at, calls: 1, cost: total, total, ids, isOpen: false, usual };
}

function follow(
  state: State,
  climb: Climb,
  use: ModelUse,
  observed: Observed,
  { calls, share, times }: Params,
): readonly Signal[] {
  const { event, at } = observed;
  const cost = Number(observed.cost);
  if (at - climb.since > (climb.isOpen ? LEARNING : DAY)) {
    state.climb = null;
    return NO_SIGNALS;
  }
  climb.since = Math.min(climb.since, at);
  climb.calls += 1;
  climb.cost += cost;
  if (!climb.isOpen) {
    climb.ids.push(event.id);
    if (climb.ids.length > MOST_IDS) climb.ids.splice(MOST_IDS / 2, 1);
    if (climb.calls < calls || climb.cost < share * climb.total) return NO_SIGNALS;
    if (unitOf(use) < times * climb.usual) return NO_SIGNALS;
  }
  const opens = !climb.isOpen;
  climb.isOpen = true;
  const observedCost = opens ? climb.cost : cost;
  const unit = unitOf(use);
  return [
    {
      entity: { type: "identity", id: event.identity!.id! },
      reason: "dearer_model",
      score: Math.min(1, 1 - climb.usual / unit),
      since: opens ? climb.since : at,
      calls: opens ? climb.calls : 1,
      observed: BigInt(Math.round(observedCost)),
      expected: BigInt(Math.round((observedCost * climb.usual) / unit)),
      unpriced: 0,
      eventIds: opens ? climb.ids : [event.id],
      facts: {
        metric: "unit_price",
        model: climb.name,
        observed: usdPerMillion(unit),
        expected: usdPerMillion(climb.usual),
        ratio: unit / climb.usual,
        calls: climb.calls,
        share: climb.cost / climb.total,
        baseline: { source: "own", n: state.models.length - 1 },
      },
    },
  ];
}

function unitOf({ cost, weight }: ModelUse): number {
  return weight > 0 ? cost / weight : 0;
}

/** Tokens as input tokens; a call without counts weighs nothing and says nothing of the price. */
function weightOf(usage: Usage | undefined): number {
  const { input_tokens = 0, cached_input_tokens = 0, output_tokens = 0 } = usage ?? {};
  const fresh = Math.max(0, input_tokens - cached_input_tokens);
  return fresh + CACHED_WEIGHT * cached_input_tokens + OUTPUT_WEIGHT * output_tokens;
}

function usdPerMillion(unit: number): number {
  return Math.round((unit / 1e6) * 1_000) / 1_000;
}

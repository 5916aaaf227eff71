import type { z } from "zod";
import type { HourSeries } from "./baseline/hour-series.ts";
import type { RareHours } from "./baseline/rare-hours.ts";
import type { UsageEvent } from "./event.ts";
import type { Pico } from "./money.ts";
import type { Impact } from "./severity.ts";
import type { EventTime } from "./time.ts";

/** One usage event as detectors see it: resolved, priced, in its flow. */
export interface Observed {
  readonly event: UsageEvent;
  readonly at: EventTime;
  readonly cost: Pico | null;
  /** The flow root's id, null outside any flow. */
  readonly flow: string | null;
  /** Set on a record of a shadow feed: whether the feed that counts told of the call too. */
  readonly shadow?: "matched" | "missing";
}

export const ENTITY_TYPES = ["identity", "credential", "flow", "source", "tenant"] as const;
export type EntityType = (typeof ENTITY_TYPES)[number];

/** What an episode is about; signals of one family on one entity join into one finding. */
export interface Entity {
  type: EntityType;
  id: string;
}

export type FactValue =
  | string
  | number
  | boolean
  | null
  | Readonly<Record<string, string | number | null>>;

/** The numbers behind a decision, by name; each detector documents its own. */
export type Facts = Readonly<Record<string, FactValue>>;

/**
 * One detector's word that an event belongs to something wrong. Money and counts are what this
 * signal adds to its episode, so that an episode's totals are plain sums.
 */
export interface Signal {
  entity: Entity;
  /** Documented code of the decision. */
  reason: string;
  /** Surprise, 0..1. */
  score: number;
  /** How large the thing is, in the detector's own measure; a later one may surpass it (rule key `episode.anew`). */
  level?: number;
  /** Event time of the first event this signal adds. */
  since: EventTime;
  calls: number;
  /** Null where every added call is unpriced. */
  observed: Pico | null;
  expected: Pico;
  unpriced: number;
  eventIds: readonly string[];
  facts: Facts;
}

/** What a detector may ask besides its own state: read-only and from this partition, so that replay agrees. */
export interface DetectorContext {
  /** The identity's hourly series, as it stood before this event; null without an identity. */
  readonly series: IdentitySeries | null;
  /** What the identity administered within a day, newest last, this event included; empty mostly. */
  readonly admin: readonly AdminAction[];
  readonly impact: Impact;
  /** Event time at which the log began; null where it does not say. */
  readonly started: EventTime | null;
  /** Event time of the tenant's first event so far. */
  readonly tenantSince: EventTime;
}

/** An action of administration by an identity: a key made, a log switched off. */
export interface AdminAction {
  action: string;
  at: EventTime;
}

export interface IdentitySeries {
  readonly calls: HourSeries;
  /** Picodollars as doubles: exact below 9,007 USD an hour. */
  readonly spend: HourSeries;
  /** How rare the active hours of calls are for this identity. */
  readonly rare: RareHours;
}

/** One of some values of a field, or of some beginnings of it. */
export interface Requirement {
  /** Names what is read: rules with one name read the same. */
  readonly field: string;
  readonly read: (observed: Observed) => string | number | undefined;
  readonly values: ReadonlySet<string | number>;
}

/**
 * A detector: plain functions over small plain state. The runtime owns keys, eviction, checkpoints
 * and episodes; the rule owns severity and wording.
 */
export interface Detector<P = unknown, S = unknown> {
  /** Kebab-case, the file's name. */
  readonly id: string;
  /** Version of the state: another one means the state is rebuilt by replay. */
  readonly version: number;
  /** One sentence. */
  readonly summary: string;
  /** Schema of the parameters, with defaults and descriptions. */
  readonly params: z.ZodType<P>;
  /** Names and meanings of the facts its signals carry. */
  readonly facts: Readonly<Record<string, string>>;
  /** Codes of `Signal.reason` with their meaning. */
  readonly reasons: Readonly<Record<string, string>>;
  /** True: it asks where calls come from or by which credential, and is shown them once that is known. */
  readonly joined?: boolean;
  /** True: it is shown the records of shadow feeds, and nothing else. */
  readonly shadows?: boolean;
  /** True: it is shown audit events as well as calls. */
  readonly audits?: boolean;
  /** What an event must say; of others it is not asked. */
  readonly requires?: Requirement;
  /** The state key inside the tenant; null: this event is none of its business. */
  key(observed: Observed, params: P): string | null;
  /** Where it is said: of a key without state only an event for which this holds is of interest. */
  begins?(observed: Observed, context: DetectorContext): boolean;
  /** Fresh state, plain JSON. */
  init(params: P): S;
  /** Folds one event into the state, which it may change in place, and says what is wrong. */
  step(state: S, observed: Observed, params: P, context: DetectorContext): readonly Signal[];
  /** True where the state may be forgotten at `now`: a later event would start afresh without harm. */
  idle(state: S, now: EventTime, params: P): boolean;
}

/** Declares a detector with its own parameter and state types, and hands it out under the common one. */
export function defineDetector<P, S>(detector: Detector<P, S>): Detector {
  return detector;
}

export const NO_SIGNALS: readonly Signal[] = Object.freeze([]);

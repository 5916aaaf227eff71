import type { MayWrite } from "./may-write.ts";
import type { BandPoint } from "../pipeline/outputs.ts";
import type { Rollup } from "../pipeline/rollup.ts";
import type { Pico } from "../money.ts";
import type { EventTime } from "../time.ts";

/** What a selection of rollups adds up to; exact. */
export interface SeriesSums {
  calls: number;
  errors: number;
  input_tokens: number;
  output_tokens: number;
  cost: Pico;
  unpriced_calls: number;
}

export const SERIES_DIMENSIONS = ["tenant", "identity", "credential", "model", "team"] as const;
export type SeriesDimension = (typeof SERIES_DIMENSIONS)[number];

/** Which rollups are summed, and by what they are kept apart. */
export interface SeriesSelection {
  /** Null: every tenant. */
  tenants: readonly string[] | null;
  /** Only windows that have one of the values in each of these. */
  where: Readonly<Partial<Record<Exclude<SeriesDimension, "tenant">, readonly string[]>>>;
  /** Inclusive and exclusive, whole minutes. */
  from: EventTime;
  to: EventTime;
  by: readonly SeriesDimension[];
}

export interface TimelineQuery extends SeriesSelection {
  /** Milliseconds, a whole number of minutes. */
  step: number;
}

/** One point of a timeline: sums of a step. */
export interface TimelinePoint extends SeriesSums {
  start: EventTime;
  /** Values of `by`, in its order. */
  key: readonly string[];
}

/** Sums over the whole range. */
export interface SeriesTotal extends SeriesSums {
  key: readonly string[];
  /** Start of the newest minute with a call; null without one. */
  last: EventTime | null;
}

/**
 * Time series that people chart: minute rollups, baseline bands. All of it is a projection of the
 * usage log and can be rebuilt; nothing waits for it.
 */
export interface SeriesStore {
  /**
   * Writes absolute totals, each replacing the one of the same key, minute and segment. A store that
   * needs several requests asks `mayWrite` before each, and leaves the rest out once it says no.
   */
  writeRollups(rollups: readonly Rollup[], mayWrite?: MayWrite): Promise<void>;
  writeBands(points: readonly BandPoint[], mayWrite?: MayWrite): Promise<void>;
  /** Sums per step and key over segments, ascending by step, then key; steps without usage are left out. */
  timeline(query: TimelineQuery): Promise<TimelinePoint[]>;
  /** Sums per key over the range, by key. */
  totals(selection: SeriesSelection): Promise<SeriesTotal[]>;
  bands(tenant: string, identity: string, from: EventTime, to: EventTime): Promise<BandPoint[]>;
  /** Every stored rollup of a time range, by start then key: for statements and for checking against the log. */
  rollups(from: EventTime, to: EventTime): Promise<Rollup[]>;
  close(): Promise<void>;
}

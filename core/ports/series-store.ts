import type { MayWrite } from "./may-write.ts";
import type { BandPoint } from "../pipeline/outputs.ts";
import type { Rollup, RollupKey } from "../pipeline/rollup.ts";
import type { Pico } from "../money.ts";
import type { EventTime } from "../time.ts";

/** One point of a timeline: exact totals of a step. */
export interface TimelinePoint {
  start: EventTime;
  calls: number;
  cost: Pico;
  unpriced_calls: number;
}

export interface TimelineQuery {
  tenant: string;
  /** Only windows with these values. */
  where: Partial<Pick<RollupKey, "identity" | "credential" | "model" | "team">>;
  from: EventTime;
  to: EventTime;
  /** Milliseconds, a whole number of minutes. */
  step: number;
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
  /** Sums per step over segments and keys, ascending; steps without usage are left out. */
  timeline(query: TimelineQuery): Promise<TimelinePoint[]>;
  bands(tenant: string, identity: string, from: EventTime, to: EventTime): Promise<BandPoint[]>;
  /** Every stored rollup of a time range, by start then key: for statements and for checking against the log. */
  rollups(from: EventTime, to: EventTime): Promise<Rollup[]>;
  close(): Promise<void>;
}

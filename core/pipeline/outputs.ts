import type { MachineEntry } from "../finding/finding-log.ts";
import type { EventTime } from "../time.ts";
import type { Rollup } from "./rollup.ts";

/** What an hour was, and what it was expected to be: the band a chart draws. */
export interface BandPoint {
  tenant: string;
  identity: string;
  metric: "calls" | "cost_pico";
  /** Start of the hour. */
  start: EventTime;
  observed: number;
  expected: number;
  low: number;
  high: number;
  /** Hours the expectation rests on. */
  samples: number;
}

/** What folding entries brought about, until the shell has written it. */
export interface Outputs {
  findings: MachineEntry[];
  /** Windows whose totals changed. */
  rollups: Set<Rollup>;
  bands: BandPoint[];
}

export function createOutputs(): Outputs {
  return { findings: [], rollups: new Set(), bands: [] };
}

import type { Finding } from "#core/finding/finding.ts";
import type { FindingEntry } from "#core/finding/finding-log.ts";
import { SETTLE } from "#core/pipeline/correlate.ts";
import { fold } from "#core/pipeline/fold.ts";
import { type BandPoint, createOutputs } from "#core/pipeline/outputs.ts";
import type { Program } from "#core/pipeline/program.ts";
import type { ResolvedEvent } from "#core/pipeline/sort-window.ts";
import { createPartitionState } from "#core/pipeline/state.ts";
import { createFindingProjection } from "#core/projection/findings.ts";
import { type EventTime, MINUTE } from "#core/time.ts";

export interface ReplayResult {
  findings: Finding[];
  events: number;
  first: EventTime | null;
  last: EventTime | null;
}

/** Who hears of what a replay brings about, while it runs. */
export interface ReplayListeners {
  onEntry?: (entry: FindingEntry, finding: Finding) => void;
  /** Baseline bands of a batch; waited for. */
  onBands?: (bands: readonly BandPoint[]) => Promise<void>;
}

/**
 * Runs the detect pipeline over events as if live, with event time as the clock and nothing stored:
 * a tick at each new minute, and one after the end so that quiet episodes tell their last figures.
 */
export async function replay(
  program: Program,
  batches: AsyncIterable<readonly ResolvedEvent[]>,
  { onEntry, onBands }: ReplayListeners = {},
): Promise<ReplayResult> {
  const state = createPartitionState();
  const projection = createFindingProjection();
  let events = 0;
  let sequence = 0;
  let minute = -Infinity;
  let first: EventTime | null = null;
  let last: EventTime | null = null;

  const outputs = createOutputs();
  const publish = (): void => {
    for (const entry of outputs.findings) {
      const finding = projection.apply(entry)!;
      onEntry?.(entry, finding);
    }
    outputs.findings.length = 0;
  };

  for await (const batch of batches) {
    for (const { at, event, cost } of batch) {
      if (sequence === 0)
        fold(program, state, { kind: "start", sequence: ++sequence, at }, outputs);
      const now = Math.floor(at / MINUTE);
      if (now > minute) {
        minute = now;
        fold(program, state, { kind: "tick", sequence: ++sequence, at: now * MINUTE }, outputs);
      }
      fold(program, state, { kind: "event", sequence: ++sequence, at, event, cost }, outputs);
      if (outputs.findings.length > 0) publish();
    }
    events += batch.length;
    first ??= batch[0]?.at ?? null;
    last = batch.at(-1)?.at ?? last;
    publish();
    if (outputs.bands.length > 0) await onBands?.(outputs.bands);
    outputs.rollups.clear();
    outputs.bands.length = 0;
  }
  if (last !== null) {
    fold(program, state, { kind: "tick", sequence: ++sequence, at: last + SETTLE }, outputs);
    publish();
  }
  return { findings: projection.all(), events, first, last };
}

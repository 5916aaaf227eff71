import type { MachineEntry } from "#core/finding/finding-log.ts";
import type { Finding } from "#core/finding/finding.ts";
import { adoptRules } from "#core/pipeline/adopt-rules.ts";
import { fold } from "#core/pipeline/fold.ts";
import { createOutputs, type Outputs } from "#core/pipeline/outputs.ts";
import { createProgram, type Program } from "#core/pipeline/program.ts";
import type { ResolvedEvent } from "#core/pipeline/sort-window.ts";
import { createPartitionState, type PartitionState } from "#core/pipeline/state.ts";
import { createFindingProjection } from "#core/projection/findings.ts";
import { DEFAULT_IMPACT } from "#core/severity.ts";
import { type EventTime, MINUTE } from "#core/time.ts";
import { loadRules } from "#services/rules/load.ts";

/** The shipped rules, or those of one family. */
export function shippedProgram(family?: string): Program {
  const rules = loadRules().filter(({ rule }) => !family || rule.family === family);
  return createProgram(rules, DEFAULT_IMPACT);
}

/** A fold one can feed step by step; events are copied, since the fold writes into them. */
export interface FoldRun {
  state: PartitionState;
  outputs: Outputs;
  event(resolved: ResolvedEvent): void;
  tick(at: EventTime): void;
}

export function startFold(
  program: Program,
  state: PartitionState = createPartitionState(),
): FoldRun {
  adoptRules(program, state);
  const outputs = createOutputs();
  const next = (): number => state.sequence + 1;
  return {
    state,
    outputs,
    event({ at, event, cost }) {
      const entry = { kind: "event", at, event: structuredClone(event), cost } as const;
      fold(program, state, { ...entry, sequence: next() }, outputs);
    },
    tick: (at) => fold(program, state, { kind: "tick", sequence: next(), at }, outputs),
  };
}

/** Folds events in the order given, with a tick at each new minute as in a replay. */
export function foldEvents(run: FoldRun, events: readonly ResolvedEvent[]): FoldRun {
  let minute = -Infinity;
  for (const event of events) {
    const now = Math.floor(event.at / MINUTE);
    if (now > minute) run.tick((minute = now) * MINUTE);
    run.event(event);
  }
  return run;
}

/** The finding list that entries lead to. */
export function findingsOf(entries: readonly MachineEntry[]): Finding[] {
  const projection = createFindingProjection();
  for (const entry of entries) projection.apply(entry);
  return projection.all();
}

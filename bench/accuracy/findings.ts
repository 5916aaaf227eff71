import type { Finding } from "#core/finding/finding.ts";
import { fold } from "#core/pipeline/fold.ts";
import { createOutputs } from "#core/pipeline/outputs.ts";
import type { Program } from "#core/pipeline/program.ts";
import { createPartitionState } from "#core/pipeline/state.ts";
import { createFindingProjection } from "#core/projection/findings.ts";
import { rank } from "#core/severity.ts";
import { DAY, HOUR } from "#core/time.ts";
import { type Call, START } from "./traffic.ts";

/** What the fold finds, at medium or above, in the calls of one tenant given hour by hour. */
export function findingsIn(program: Program, hours: Iterable<readonly Call[]>): Finding[] {
  const state = createPartitionState();
  const outputs = createOutputs();
  const projection = createFindingProjection();
  fold(program, state, { kind: "start", sequence: 1, at: START }, outputs);
  let sequence = 1;
  let now = START;
  for (const calls of hours) {
    for (const call of calls) {
      fold(program, state, { kind: "event", sequence: ++sequence, ...call }, outputs);
    }
    now += HOUR;
    fold(program, state, { kind: "tick", sequence: ++sequence, at: now }, outputs);
    outputs.bands.length = 0;
    outputs.rollups.clear();
  }
  fold(program, state, { kind: "tick", sequence: ++sequence, at: now + 30 * DAY }, outputs);
  for (const entry of outputs.findings) projection.apply(entry);
  return projection.all().filter(({ severity }) => rank(severity) >= rank("medium"));
}

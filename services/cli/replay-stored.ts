import { type CompiledRule, createProgram } from "#core/pipeline/program.ts";
import type { Settings } from "../config.ts";
import { replay, type ReplayListeners, type ReplayResult } from "../replay/replay.ts";
import { type History, readLog } from "../replay/replay-log.ts";
import type { Ports } from "../wiring.ts";
import { withPorts } from "./with-ports.ts";

/** Runs rules over the stored usage of a data directory, while no service uses it. Throws MH_DATA_IN_USE. */
export function replayStored(
  settings: Settings,
  rules: readonly CompiledRule[],
  history: History,
  listen: (ports: Ports) => ReplayListeners = () => ({}),
): Promise<ReplayResult> {
  const program = createProgram(rules, settings.impact);
  return withPorts(settings, (ports) =>
    replay(program, readLog(ports.usageLog, history), listen(ports)),
  );
}

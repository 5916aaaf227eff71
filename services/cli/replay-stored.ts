import type { Finding } from "#core/finding/finding.ts";
import { type CompiledRule, createProgram } from "#core/pipeline/program.ts";
import { parseTime } from "#core/time.ts";
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
  const isAsked = ({ opened_at }: Finding): boolean => parseTime(opened_at)! >= history.from;
  return withPorts(settings, async (ports) => {
    const { onEntry, ...listeners } = listen(ports);
    const result = await replay(program, readLog(ports.usageLog, history), {
      ...listeners,
      onEntry: (entry, finding) => isAsked(finding) && onEntry?.(entry, finding),
    });
    return { ...result, findings: result.findings.filter(isAsked) };
  });
}

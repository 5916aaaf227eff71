import type { Finding } from "#core/finding/finding.ts";
import { type CompiledRule, createProgram } from "#core/pipeline/program.ts";
import { SEVERITIES } from "#core/severity.ts";
import { DAY, type EventTime, HOUR } from "#core/time.ts";
import { replay, type ReplayResult } from "../../replay/replay.ts";
import { readLog } from "../../replay/replay-log.ts";
import { loadRules } from "../../rules/load.ts";
import { type Command, parseCommand, settingsOf, usage } from "../command.ts";
import { formatFinding } from "../format-finding.ts";
import { timeOption } from "../time-option.ts";
import { withPorts } from "../with-ports.ts";

export const rulesBacktest: Command = {
  name: "rules backtest",
  arguments: "FILE… --from T --to T",
  summary: "Runs candidate rules alone over the stored usage and says what they would find.",
  options: [
    "FILE               rule files or folders",
    "--from T --to T    the history, event times; begin a week early for rules that learn",
    "--json             one finding a line, nothing else, on standard output",
  ],
  async run(args, io) {
    const { values, positionals: files } = parseCommand(args, {
      from: { type: "string" },
      to: { type: "string" },
      json: { type: "boolean", default: false },
    });
    if (files.length === 0) throw usage("rules backtest takes at least one rule file");
    const from = timeOption(values.from, "--from");
    const to = timeOption(values.to, "--to");
    const rules = loadRules(files);
    const settings = await settingsOf(values, io);
    const program = createProgram(rules, settings.impact);
    const result = await withPorts(settings, async ({ usageLog }) =>
      replay(program, readLog(usageLog, from, to)),
    );
    for (const finding of result.findings) {
      io.stdout.write(`${values.json ? JSON.stringify(finding) : formatFinding(finding)}\n`);
    }
    if (!values.json) io.stdout.write(`${summaryOf(result, rules, to - from)}\n`);
    return 0;
  },
};

/** One line a rule: how many findings of which severity, and how many of them a day. */
function summaryOf(
  { events, findings }: ReplayResult,
  rules: readonly CompiledRule[],
  span: EventTime,
): string {
  const days = Math.max(span, HOUR) / DAY;
  const lines = rules.map(({ rule: { id } }) => {
    const own = findings.filter(({ rule }) => rule === id);
    const identities = new Set(own.map(({ subject }) => subject.identity)).size;
    const daily = (own.length / days).toFixed(2);
    return `${id}: ${own.length} findings (${bySeverity(own)}) on ${identities} identities, ${daily} a day`;
  });
  return [`${events} events over ${days.toFixed(1)} days`, ...lines].join("\n");
}

function bySeverity(findings: readonly Finding[]): string {
  const counts = SEVERITIES.map((severity): [string, number] => [
    severity,
    findings.filter((finding) => finding.severity === severity).length,
  ]).filter(([, count]) => count > 0);
  return counts.length === 0 ? "none" : counts.map(([name, n]) => `${n} ${name}`).join(", ");
}

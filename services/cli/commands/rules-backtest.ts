import type { Finding } from "#core/finding/finding.ts";
import type { CompiledRule } from "#core/pipeline/program.ts";
import { SEVERITIES } from "#core/severity.ts";
import { DAY, type EventTime, HOUR } from "#core/time.ts";
import type { ReplayResult } from "../../replay/replay.ts";
import { loadRules } from "../../rules/load.ts";
import { type Command, parseCommand, settingsOf, usage } from "../command.ts";
import { formatFinding } from "../format-finding.ts";
import { HISTORY_HELP, HISTORY_OPTIONS, historyOption } from "../history-option.ts";
import { replayStored } from "../replay-stored.ts";

export const rulesBacktest: Command = {
  name: "rules backtest",
  arguments: "FILE… --from T --to T",
  summary: "Runs candidate rules alone over the stored usage and says what they would find.",
  options: [
    "FILE               rule files or folders",
    ...HISTORY_HELP,
    "--json             one finding a line, nothing else, on standard output",
  ],
  async run(args, io) {
    const { values, positionals: files } = parseCommand(args, {
      ...HISTORY_OPTIONS,
      json: { type: "boolean", default: false },
    });
    if (files.length === 0) throw usage("rules backtest takes at least one rule file");
    const history = historyOption(values);
    const rules = loadRules(files);
    const result = await replayStored(await settingsOf(values, io), rules, history);
    for (const finding of result.findings) {
      io.stdout.write(`${values.json ? JSON.stringify(finding) : formatFinding(finding)}\n`);
    }
    if (!values.json) io.stdout.write(`${summaryOf(result, rules, history.to - history.from)}\n`);
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

import { loadRules } from "../../rules/load.ts";
import { compareWithRecord } from "../../replay/compare-record.ts";
import type { ReplayListeners, ReplayResult } from "../../replay/replay.ts";
import { type Command, type Io, parseCommand, settingsOf, usage } from "../command.ts";
import { formatDiff } from "../format-diff.ts";
import { formatFinding, formatTable } from "../format-finding.ts";
import { FORMAT_HELP, FORMAT_OPTION, formatChoice } from "../format-option.ts";
import { HISTORY_HELP, HISTORY_OPTIONS, historyOption } from "../history-option.ts";
import { createProgress, type Progress } from "../progress.ts";
import { withFindings } from "../read-findings.ts";
import { replayFiles, sizeOf } from "../replay-files.ts";
import { replayStored } from "../replay-stored.ts";

export const replayCommand: Command = {
  name: "replay",
  arguments: "FILE… [--format FORMAT] | --from T --to T [--diff]",
  summary: "Runs the detectors over files or the stored usage as if live, event time as the clock.",
  options: [
    "FILE               NDJSON or JSON, gzip too; - reads standard input; several are merged by event time",
    FORMAT_HELP,
    ...HISTORY_HELP,
    "--diff             what differs from the findings on record, instead of the findings",
    "--rules DIR        another rule set",
    "--json             one finding or difference a line, nothing else, on standard output",
  ],
  async run(args, io) {
    const { values, positionals: files } = parseCommand(args, {
      ...HISTORY_OPTIONS,
      diff: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      rules: { type: "string" },
      format: FORMAT_OPTION,
    });
    const { json, diff } = values;
    const asked = askedOf(files, values);
    const settings = await settingsOf(values, io);
    const rules = loadRules(values.rules ?? settings.rules.dir ?? undefined);
    const progress = createProgress(io.stderr, sizeOf(files));
    const listeners = json || diff ? {} : announce(progress, io);
    const started = performance.now();
    const result =
      "from" in asked
        ? await replayStored(settings, rules, asked, () => listeners)
        : await replayFiles(settings, rules, { ...asked, progress }, io, listeners);
    if (diff && "from" in asked) {
      const record = await withFindings(settings, async (store) => store.all());
      const found = compareWithRecord(result.findings, record, rules, asked);
      if (json) printLines(found.differences, io);
      else io.stdout.write(`${formatDiff(found)}\n`);
    } else if (json) printLines(result.findings, io);
    else if (result.findings.length > 0) io.stdout.write(`\n${formatTable(result.findings)}\n`);
    io.stderr.write(`${summaryOf(result, (performance.now() - started) / 1_000)}\n`);
    return 0;
  },
};

interface Values {
  from?: string | undefined;
  to?: string | undefined;
  learn?: string | undefined;
  tenant?: string[] | undefined;
  identity?: string[] | undefined;
  diff: boolean;
  format: string;
}

/** The files or the history, one of the two. Throws MH_USAGE. */
function askedOf(files: readonly string[], values: Values) {
  const { from, to, learn, tenant, identity, diff } = values;
  if (from === undefined && to === undefined) {
    if (learn !== undefined || tenant || identity || diff)
      throw usage("--learn, --tenant, --identity and --diff go with --from and --to");
    if (files.length === 0) throw usage("replay takes at least one file, or --from and --to");
    return { files, format: formatChoice(values.format) };
  }
  if (files.length > 0) throw usage("Files and --from with --to exclude each other");
  if (values.format !== FORMAT_OPTION.default) throw usage("--format goes with files");
  return historyOption(values);
}

/** Tells of each finding as it opens. */
function announce(progress: Progress, io: Io): ReplayListeners {
  return {
    onEntry(entry, finding) {
      if (entry.kind !== "opened") return;
      progress.clear();
      io.stdout.write(`${formatFinding(finding)}\n`);
    },
  };
}

function printLines(values: readonly object[], io: Io): void {
  for (const value of values) io.stdout.write(`${JSON.stringify(value)}\n`);
}

function summaryOf({ events, findings, first, last }: ReplayResult, seconds: number): string {
  const span =
    first === null || last === null ? "" : ` over ${((last - first) / 86_400_000).toFixed(1)} days`;
  const rate = Math.round(events / seconds).toLocaleString("en");
  return `${events.toLocaleString("en")} events${span}, ${findings.length} findings, ${seconds.toFixed(1)} s, ${rate} events/s`;
}

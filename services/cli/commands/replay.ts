import { statSync } from "node:fs";
import { createDigest } from "#core/privacy.ts";
import { createProgram } from "#core/pipeline/program.ts";
import { readFiles } from "../../replay/read-files.ts";
import { replay, type ReplayResult } from "../../replay/replay.ts";
import { loadRules } from "../../rules/load.ts";
import { loadSite } from "../../site.ts";
import { type Command, type Io, parseCommand, settingsOf, usage } from "../command.ts";
import { formatFinding, formatTable } from "../format-finding.ts";
import { FORMAT_HELP, FORMAT_OPTION, formatChoice } from "../format-option.ts";
import { createProblemReport } from "../problem-report.ts";
import { createProgress } from "../progress.ts";

/**
 * The key of digests made while replaying a file without a data directory: nothing of them is stored,
 * and a fixed key makes two replays comparable. See docs/operations.md.
 */
const REPLAY_DIGEST_KEY = "meterhound replay";

export const replayCommand: Command = {
  name: "replay",
  arguments: "FILE… [--format FORMAT] [--json]",
  summary: "Runs the detectors over files as if live, with event time as the clock.",
  options: [
    "FILE               NDJSON or JSON, gzip too; - reads standard input; several are merged by event time",
    FORMAT_HELP,
    "--rules DIR        another rule set",
    "--json             one finding a line, nothing else, on standard output",
  ],
  async run(args, io) {
    const { values, positionals: files } = parseCommand(args, {
      json: { type: "boolean", default: false },
      rules: { type: "string" },
      format: FORMAT_OPTION,
    });
    if (files.length === 0) throw usage("replay takes at least one file");
    const format = formatChoice(values.format);
    const settings = await settingsOf(values, io);
    const rules = loadRules(values.rules ?? settings.rules.dir ?? undefined);
    const resolution = await loadSite(settings);
    const digest = createDigest(settings.digest_key ?? REPLAY_DIGEST_KEY);
    const progress = createProgress(io.stderr, sizeOf(files));
    const problems = createProblemReport(io.stderr);
    const started = performance.now();
    const result = await replay(
      createProgram(rules, settings.impact),
      readFiles(files, {
        origin: { source: "file", tenants: null, digest },
        resolution,
        format,
        onProblem: problems.add,
        onBytes: progress.advance,
      }),
      {
        onEntry: (entry, finding) => {
          if (values.json || entry.kind !== "opened") return;
          progress.clear();
          io.stdout.write(`${formatFinding(finding)}\n`);
        },
      },
    );
    progress.clear();
    problems.summarise();
    print(result, values.json, io);
    io.stderr.write(`${summaryOf(result, (performance.now() - started) / 1_000)}\n`);
    return 0;
  },
};

function print({ findings }: ReplayResult, json: boolean, io: Io): void {
  if (json) for (const finding of findings) io.stdout.write(`${JSON.stringify(finding)}\n`);
  else if (findings.length > 0) io.stdout.write(`\n${formatTable(findings)}\n`);
}

function summaryOf({ events, findings, first, last }: ReplayResult, seconds: number): string {
  const span =
    first === null || last === null ? "" : ` over ${((last - first) / 86_400_000).toFixed(1)} days`;
  const rate = Math.round(events / seconds).toLocaleString("en");
  return `${events.toLocaleString("en")} events${span}, ${findings.length} findings, ${seconds.toFixed(1)} s, ${rate} events/s`;
}

/** Bytes to read, or null where standard input is among the files. */
function sizeOf(files: readonly string[]): number | null {
  let size = 0;
  for (const file of files) {
    const stat = file === "-" ? undefined : statSync(file, { throwIfNoEntry: false });
    if (!stat) return null;
    size += stat.size;
  }
  return size;
}

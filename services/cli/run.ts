import { readFileSync } from "node:fs";
import { messageOf, MeterhoundError } from "#core/errors.ts";
import { type Command, COMMON_HELP, type Io } from "./command.ts";
import { baselineRebuild } from "./commands/baseline-rebuild.ts";
import { configCheck } from "./commands/config-check.ts";
import { demo } from "./commands/demo.ts";
import { doctor } from "./commands/doctor.ts";
import { explainCommand } from "./commands/explain.ts";
import { findingsList } from "./commands/findings-list.ts";
import { findingsSet } from "./commands/findings-set.ts";
import { findingsShow } from "./commands/findings-show.ts";
import { ingest } from "./commands/ingest.ts";
import { replayCommand } from "./commands/replay.ts";
import { rulesBacktest } from "./commands/rules-backtest.ts";
import { rulesLint } from "./commands/rules-lint.ts";
import { rulesList } from "./commands/rules-list.ts";
import { rulesTest } from "./commands/rules-test.ts";
import { serve } from "./commands/serve.ts";
import { setup } from "./commands/setup.ts";
import { showbackReport } from "./commands/showback-report.ts";

export const COMMANDS: readonly Command[] = [
  demo,
  serve,
  replayCommand,
  ingest,
  findingsList,
  findingsShow,
  findingsSet,
  explainCommand,
  showbackReport,
  rulesTest,
  rulesLint,
  rulesList,
  rulesBacktest,
  configCheck,
  setup,
  doctor,
  baselineRebuild,
];

/** Runs one command and returns the exit code: 0 done, 1 failed, 2 wrong usage. Never throws. */
export async function runCli(args: readonly string[], io: Io): Promise<number> {
  const command = findCommand(args);
  if (!command) return withoutCommand(args, io);
  const rest = args.slice(command.name.split(" ").length);
  if (rest.includes("--help") || rest.includes("-h")) {
    io.stdout.write(helpOf(command));
    return 0;
  }
  try {
    return await command.run(rest, io);
  } catch (error) {
    return fail(error, io);
  }
}

function findCommand(args: readonly string[]): Command | undefined {
  const two = args.slice(0, 2).join(" ");
  return COMMANDS.find(({ name }) => name === two) ?? COMMANDS.find(({ name }) => name === args[0]);
}

function withoutCommand(args: readonly string[], io: Io): number {
  const [first] = args;
  if (first === undefined || first === "--help" || first === "-h" || first === "help") {
    io.stdout.write(overview());
    return first === undefined ? 2 : 0;
  }
  if (first === "--version") {
    io.stdout.write(`meterhound ${versionOf()}\n`);
    return 0;
  }
  const group = COMMANDS.filter(({ name }) => name.startsWith(`${first} `)).map(({ name }) => name);
  const problem =
    group.length > 0 ? `Say which: ${group.join(", ")}` : `There is no command ${first}`;
  return fail(new MeterhoundError("MH_USAGE", { problem }), io);
}

function versionOf(): string {
  const file = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(file) as { version: string }).version;
}

/** One line with code and remedy; a list of problems comes first, one a line. */
function fail(error: unknown, io: Io): number {
  const known =
    error instanceof MeterhoundError
      ? error
      : new MeterhoundError("MH_INTERNAL", { problem: messageOf(error) }, { cause: error });
  const lines = known.message.split("\n");
  const summary = lines.length > 1 ? `${lines.length} problems, listed above` : lines[0];
  if (lines.length > 1) io.stderr.write(`${known.message}\n`);
  io.stderr.write(`${known.code}: ${summary}. ${known.entry.remedy}\n`);
  return known.entry.exit;
}

function overview(): string {
  const rows = COMMANDS.map((command) => ({
    ...command,
    call: `${command.name} ${command.arguments}`.trim(),
  }));
  const width = Math.max(...rows.map(({ call }) => call.length)) + 2;
  return [
    "Meterhound watches AI usage events and says which identity is abused or has run away.",
    "",
    "usage: meterhound <command> [options]",
    "",
    ...rows.map(({ call, summary }) => `  ${call.padEnd(width)}${summary}`),
    "",
    "meterhound <command> --help tells more, meterhound --version which version this is.",
    "",
  ].join("\n");
}

function helpOf(command: Command): string {
  const call = `usage: meterhound ${command.name} ${command.arguments}`.trim();
  const options = [...command.options, ...COMMON_HELP].map((line) => `  ${line}`);
  return [call, "", command.summary, "", ...options, ""].join("\n");
}

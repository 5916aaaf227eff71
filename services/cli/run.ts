import { readFileSync } from "node:fs";
import { messageOf, MeterhoundError } from "#core/errors.ts";
import { projectFile } from "../project-file.ts";
import { type Command, COMMON_HELP, type Io } from "./command.ts";
import { COMMANDS } from "./commands.ts";

/** Runs one command and returns the exit code: 0 done, 1 failed, 2 wrong usage. Never throws. */
export async function runCli(args: readonly string[], io: Io): Promise<number> {
  const name = [args.slice(0, 2).join(" "), args[0] ?? ""].find((words) =>
    Object.hasOwn(COMMANDS, words),
  );
  if (name === undefined) return withoutCommand(args, io);
  const rest = args.slice(name.split(" ").length);
  try {
    const command = await COMMANDS[name]!();
    if (rest.includes("--help") || rest.includes("-h")) {
      io.stdout.write(helpOf(command));
      return 0;
    }
    return await command.run(rest, io);
  } catch (error) {
    return fail(error, io);
  }
}

async function withoutCommand(args: readonly string[], io: Io): Promise<number> {
  const [first] = args;
  if (first === undefined || first === "--help" || first === "-h" || first === "help") {
    io.stdout.write(await overview());
    return first === undefined ? 2 : 0;
  }
  if (first === "--version") {
    io.stdout.write(`meterhound ${versionOf()}\n`);
    return 0;
  }
  const group = Object.keys(COMMANDS).filter((name) => name.startsWith(`${first} `));
  const problem =
    group.length > 0 ? `Say which: ${group.join(", ")}` : `There is no command ${first}`;
  return fail(new MeterhoundError("MH_USAGE", { problem }), io);
}

function versionOf(): string {
  const file = readFileSync(projectFile("package.json"), "utf8");
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

async function overview(): Promise<string> {
  const commands = await Promise.all(Object.values(COMMANDS).map(async (load) => load()));
  const rows = commands.map((command) => ({
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

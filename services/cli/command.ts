import { parseArgs, type ParseArgsConfig } from "node:util";
import { messageOf, MeterhoundError } from "#core/errors.ts";
import { loadConfig, type Settings } from "../config.ts";

/** Where a command reads and writes: data to stdout, everything else to stderr. */
export interface Io {
  stdout: NodeJS.WritableStream & { isTTY?: boolean };
  stderr: NodeJS.WritableStream & { isTTY?: boolean };
  env: Readonly<Record<string, string | undefined>>;
}

export interface Command {
  /** One or two words. */
  name: string;
  /** What stands behind the name in the list of commands. */
  arguments: string;
  summary: string;
  /** Printed by `--help`: one line an option. */
  options: readonly string[];
  /** Returns the exit code. */
  run(args: readonly string[], io: Io): Promise<number>;
}

type Options = NonNullable<ParseArgsConfig["options"]>;

/** Options that every command understands. */
const COMMON = {
  config: { type: "string" },
  "data-dir": { type: "string" },
} as const satisfies Options;

export const COMMON_HELP = [
  "--config FILE      configuration (default: meterhound.yml where there is one)",
  "--data-dir DIR     where the logs and the state live (default: .meterhound)",
];

/** Parses a command's arguments, its own options beside the common ones. Throws MH_USAGE. */
export function parseCommand<T extends Options>(args: readonly string[], options: T) {
  try {
    return parseArgs({
      args: [...args],
      options: { ...COMMON, ...options },
      allowPositionals: true,
      strict: true,
    });
  } catch (error) {
    throw usage(messageOf(error).split("\n")[0] ?? "wrong usage");
  }
}

/** The configuration a command works with. */
export function settingsOf(
  values: { config?: string | undefined; "data-dir"?: string | undefined },
  io: Io,
): Promise<Settings> {
  return loadConfig({ file: values.config, env: io.env, dataDir: values["data-dir"] });
}

export function usage(problem: string): MeterhoundError {
  return new MeterhoundError("MH_USAGE", { problem });
}

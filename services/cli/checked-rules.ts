import type { CompiledRule } from "#core/pipeline/program.ts";
import { loadRules, SHIPPED_RULES } from "../rules/load.ts";
import { type Io, parseCommand, settingsOf } from "./command.ts";

/** The rules under the paths a command names, else those in use. Throws MH_RULES_INVALID with every problem. */
export async function checkedRules(args: readonly string[], io: Io): Promise<CompiledRule[]> {
  const { values, positionals } = parseCommand(args, {});
  const settings = await settingsOf(values, io);
  const paths = positionals.length > 0 ? positionals : [settings.rules.dir ?? SHIPPED_RULES];
  return loadRules(paths);
}

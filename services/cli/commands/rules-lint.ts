import { describeProblem } from "#core/located.ts";
import { MeterhoundError } from "#core/errors.ts";
import { checkRules, SHIPPED_RULES } from "../../rules/load.ts";
import { type Command, parseCommand, settingsOf } from "../command.ts";

export const rulesLint: Command = {
  name: "rules lint",
  arguments: "[PATH…]",
  summary: "Checks rule files and lists everything wrong with file, line and column.",
  options: ["PATH               files or folders (default: the rule set in use)"],
  async run(args, io) {
    const { values, positionals } = parseCommand(args, {});
    const settings = await settingsOf(values, io);
    const paths = positionals.length > 0 ? positionals : [settings.rules.dir ?? SHIPPED_RULES];
    const { rules, problems } = checkRules(paths);
    if (problems.length > 0) {
      throw new MeterhoundError("MH_RULES_INVALID", {
        problems: problems.map(describeProblem).join("\n"),
      });
    }
    io.stdout.write(`${rules.length} rules, no problem\n`);
    return 0;
  },
};

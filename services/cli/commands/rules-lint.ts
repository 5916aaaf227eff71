import { checkedRules } from "../checked-rules.ts";
import type { Command } from "../command.ts";

export const rulesLint: Command = {
  name: "rules lint",
  arguments: "[PATH…]",
  summary: "Checks rule files and lists everything wrong with file, line and column.",
  options: ["PATH               files or folders (default: the rule set in use)"],
  async run(args, io) {
    const rules = await checkedRules(args, io);
    io.stdout.write(`${rules.length} rules, no problem\n`);
    return 0;
  },
};
